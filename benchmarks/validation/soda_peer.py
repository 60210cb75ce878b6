"""Soda Core over the same tables; run by the interpreter of its own environment, so it imports nothing of the project:
`soda_peer.py DATABASE_URL`."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from soda.scan import Scan

# Column to what is valid.
VALID = {
    "xp": "valid min: 0",
    "status": "valid values: [Un, Sub, App, Ret, Dec]",
    "willpower": "valid min: 1\n      valid max: 10",
    "temporary_willpower": "valid min: 0\n      valid max: 10",
    "age": "valid min: 0\n      valid max: 500",
    "apparent_age": "valid min: 0\n      valid max: 200",
}
SOURCE = """data_source bench:
  type: postgres
  host: {0.hostname}
  port: '{0.port}'
  username: {0.username}
  password: '{0.password}'
  database: {1}
  schema: public
"""


def main(url: str, attributes: str, abilities: str) -> None:
    begun = os.times()
    place = urlsplit(url)
    valid = VALID | dict.fromkeys(attributes.split(","), "valid min: 1\n      valid max: 10")
    valid |= dict.fromkeys(abilities.split(","), "valid min: 0\n      valid max: 10")
    lines = ["checks for characters:"]
    lines += [f"  - invalid_count({column}) = 0:\n      {told}" for column, told in valid.items()]
    above = "count(case when temporary_willpower > willpower then 1 end)"
    lines += [f"  - above_permanent = 0:\n      above_permanent expression: {above}"]
    lines += ["checks for st_relationships:", "  - duplicate_count(user_id, chronicle_id, gameline_id) = 0"]
    scan = Scan()
    scan.disable_telemetry()
    scan.set_data_source_name("bench")
    scan.add_configuration_yaml_str(SOURCE.format(place, place.path.removeprefix("/")))
    scan.add_sodacl_yaml_str("\n".join(lines))
    scan.execute()
    assert not scan.has_error_logs(), scan.get_error_logs_text()
    failed = sum(check["outcome"] == "fail" for check in scan.get_scan_results()["checks"])
    ended = os.times()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    told = {"cpu": sum(ended[:4]) - sum(begun[:4]), "peak_mib": int(peak.split()[1]) / 1024, "failed": failed}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
