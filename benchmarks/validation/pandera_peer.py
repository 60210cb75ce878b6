"""pandera over the same posted records; run by the interpreter of its own environment, so it imports nothing of the
project: `pandera_peer.py FILE TIMES`."""

import json
import os
import sys
from pathlib import Path

os.environ["DISABLE_PANDERA_IMPORT_WARNING"] = "True"

import pandas as pd
import pandera.pandas as pa

BETWEEN = pa.Check.in_range
ROWS = (
    pa.Check(lambda frame: frame["delisted_on"].isna() | (frame["delisted_on"] >= frame["listed_on"])),
    pa.Check(lambda frame: [not name.startswith(sku) for name, sku in zip(frame["name"], frame["sku"], strict=True)]),
)
SCHEMA = pa.DataFrameSchema(
    {
        "sku": pa.Column(str, nullable=False, unique=True),
        "name": pa.Column(str, pa.Check(lambda names: names.str.strip().str.len() >= 3), nullable=False),
        "price": pa.Column(float, BETWEEN(0.01, 100_000), coerce=True),
        "stock": pa.Column(int, BETWEEN(0, 1000)),
        "currency": pa.Column(str, pa.Check.isin(["EUR", "GBP", "USD"])),
        "listed_on": pa.Column("datetime64[ns]", coerce=True, nullable=False),
        "delisted_on": pa.Column("datetime64[ns]", coerce=True, nullable=True),
    },
    checks=list(ROWS),
)


def failures(raw: bytes) -> str:
    try:
        SCHEMA.validate(pd.DataFrame(json.loads(raw)), lazy=True)
    except pa.errors.SchemaErrors as found:
        return str(found.failure_cases.to_json(orient="records"))
    return "[]"


def main(file: str, times: str) -> None:
    raw = Path(file).read_bytes()
    failures(raw)
    begun = os.times()
    for _ in range(int(times)):
        failures(raw)
    ended = os.times()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"cpu": sum(ended[:4]) - sum(begun[:4]), "peak_mib": int(peak.split()[1]) / 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
