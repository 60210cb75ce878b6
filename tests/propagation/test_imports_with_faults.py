"""A long file of which one row in a hundred is wrong: every fault is told with its row, column and code."""

from typing import Any

import pytest

from services.propagation.operations.imports import running
from tests.propagation.changing import everything, job, set_workspace, stored
from tests.propagation.importing import send, sheet
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

ROWS = 2000
Row = dict[str, Any]
# What is done to a row, and what is told of it.
FAULTS: list[tuple[Row, str, str]] = [
    ({"dimension:Brand": "NEVER"}, "dimension:Brand", "not_found"),
    ({"dimension:Season": ""}, "dimension:Season", "required_dimension_missing"),
    ({"dimension:Note": "x" * 101}, "dimension:Note", "too_long"),
    ({"parent_key": "nobody"}, "parent_key", "not_found"),
    ({"field": "nothing"}, "field", "not_found"),
]


def a_file() -> tuple[list[Row], list[tuple[int, str, str]]]:
    """The rows, and (row, column, code) of each fault."""
    rows: list[Row] = [{"field": "account", "key": "top", "dimension:Brand": "NIKE", "dimension:Region": "EU"}]
    rows += [
        {
            "field": "campaign",
            "parent_key": "top",
            "dimension:Brand": "NIKE",
            "dimension:Season": "SS26",
            "dimension:Note": f"n{number}",
        }
        for number in range(1, ROWS)
    ]
    told = []
    for count, place in enumerate(range(50, ROWS, 100)):
        change, column, code = FAULTS[count % len(FAULTS)]
        rows[place] |= change
        told.append((place + 1, column, code))
    return rows, told


@pytest.mark.parametrize("is_large", [False, True], ids=["at once", "by a worker"])
def test_every_fault_is_told_and_nothing_is_half_imported(
    naming: Naming, worker: Worker, monkeypatch: pytest.MonkeyPatch, is_large: bool
) -> None:
    monkeypatch.setattr(running, "PART", 700)
    set_workspace(naming, background_processing_threshold=100 if is_large else ROWS + 1)
    rows, told = a_file()
    answer = answered(send(naming, sheet(rows), dry_run=False), 202 if is_large else 207)
    worker.run()
    job_id = answer["job_id"]
    refused = everything(naming.person, f"imports/{job_id}/rows?outcome=refused&limit=200")
    assert [(row["row"], fault["column"], fault["code"]) for row in refused for fault in row["faults"]] == told
    run = job(naming, job_id)
    assert (run["status"], run["total_strings"]) == ("partial_failure", ROWS)
    assert (run["processed_strings"], run["failed_strings"]) == (ROWS - len(told), len(told))
    strings = stored(naming).values()
    wrong = {row for row, _column, _code in told}
    assert {row["value"] for row in strings} == {"NIKE-EU"} | {
        f"NIKE_SS26|[n{number}]" for number in range(1, ROWS) if number + 1 not in wrong
    }
    assert not any(row["stale"] for row in strings)
    assert {len(row["details"]) for row in strings} == {2, 3}
