"""Great Expectations over the same tables; run by the interpreter of its own environment, so it imports nothing of the
project: `gx_peer.py DATABASE_URL`."""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as expect

STATUSES = ["Un", "Sub", "App", "Ret", "Dec"]
# Column to its least and greatest value.
RANGES = {"xp": (0, None), "age": (0, 500), "apparent_age": (0, 200)}
RANGES |= {"willpower": (1, 10), "temporary_willpower": (0, 10)}


def main(url: str, attributes: str, abilities: str) -> None:
    warnings.filterwarnings("ignore")
    begun = os.times()
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_postgres("bench", connection_string=url)
    ranges = RANGES | dict.fromkeys(attributes.split(","), (1, 10)) | dict.fromkeys(abilities.split(","), (0, 10))
    characters = context.suites.add(gx.ExpectationSuite(name="characters"))
    for column, (least, most) in ranges.items():
        characters.add_expectation(expect.ExpectColumnValuesToBeBetween(column=column, min_value=least, max_value=most))
    characters.add_expectation(expect.ExpectColumnValuesToBeInSet(column="status", value_set=STATUSES))
    characters.add_expectation(
        expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="willpower", column_B="temporary_willpower", or_equal=True
        )
    )
    pairs = context.suites.add(gx.ExpectationSuite(name="st_relationships"))
    unique = ["user_id", "chronicle_id", "gameline_id"]
    pairs.add_expectation(expect.ExpectCompoundColumnsToBeUnique(column_list=unique, ignore_row_if="never"))
    failed = 0
    for name, suite in (("characters", characters), ("st_relationships", pairs)):
        batch = source.add_table_asset(name, table_name=name).add_batch_definition_whole_table("all")
        definition = gx.ValidationDefinition(name=name, data=batch, suite=suite)
        found = context.validation_definitions.add(definition).run(result_format="BOOLEAN_ONLY")
        assert not any(one.exception_info.get("raised_exception") for one in found.results), found
        failed += sum(not one.success for one in found.results)
    ended = os.times()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    told = {"cpu": sum(ended[:4]) - sum(begun[:4]), "peak_mib": int(peak.split()[1]) / 1024, "failed": failed}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
