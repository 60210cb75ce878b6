"""The number of SQL statements does not depend on how many strings, children or updates there are."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.propagation.changing import Body, analyze, batch, change, item, job, set_workspace
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Trees = Callable[[int], tuple[Body, list[Body]]]


@dataclass
class Counter:
    """Counts what the driver is asked to execute."""

    statements: list[str] = field(default_factory=list)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        self.statements.clear()
        gc.disable()  # a session reads rows again that were collected, and when that happens is chance
        yield self.statements
        gc.enable()


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    found = Counter()
    execute, executemany = psycopg.Cursor.execute, psycopg.Cursor.executemany

    def counted(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        # Whether a session was ended is asked every few seconds, whatever is counted.
        if "revoked_sessions" not in str(query):
            found.statements.append(str(query))
        return execute(cursor, query, *arguments, **options)

    def counted_many(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        found.statements.append(str(query))
        return executemany(cursor, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    monkeypatch.setattr(psycopg.Cursor, "executemany", counted_many)
    return found


def wide_and_narrow(naming: Naming) -> list[dict[str, Any]]:
    """Two trees of the same form and different sizes."""
    trees = []
    for campaigns, ads, region in ((1, 1, "EU"), (3, 9, "US")):
        account = naming.make("account", {"Brand": "NIKE", "Region": region})
        chosen = {"Brand": "NIKE", "Season": "SS26"}
        middle = [naming.make("campaign", chosen | {"Note": f"c{n}"}, account["id"]) for n in range(campaigns)]
        lowest = [naming.make("ad", chosen | {"Note": f"a{n}"}, row["id"]) for row in middle for n in range(ads)]
        trees.append({"account": account, "campaigns": middle, "ads": lowest})
    return trees


def test_a_preview(naming: Naming, counter: Counter) -> None:
    small, large = wide_and_narrow(naming)
    counts = []
    for tree, size in ((small, 2), (large, 31)):
        with counter.counting() as statements:
            impact = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))
        assert impact["summary"]["total_affected"] == size + 0 ** (size - 2)
        counts.append(list(statements))
    assert len(counts[0]) == len(counts[1]), compared(counts)
    assert len(counts[0]) <= 20


def test_a_run_its_undo_and_an_edit(naming: Naming, counter: Counter) -> None:
    """3 strings and 31."""
    runs, undos, edits = list[list[str]](), list[list[str]](), list[list[str]]()
    for tree, brand in zip(wide_and_narrow(naming), ("PUMA", "VANS"), strict=True):
        with counter.counting() as statements:
            summary = answered(change(naming, tree["account"], "Brand", brand))["propagation_summary"]
        assert summary["status"] == "completed"
        runs.append(list(statements))
        with counter.counting() as statements:
            answered(naming.person.post(f"jobs/{summary['job_id']}/undo", {}))
        undos.append(list(statements))
        answered(change(naming, tree["account"], "Brand", brand))
    for brand in ("PUMA", "VANS"):
        with counter.counting() as statements:
            answered(naming.person.patch(f"dimension-values/{naming.values[brand]}", {"value": f"{brand}s"}))
        edits.append(list(statements))
    for counts in (runs, undos, edits):
        assert len(counts[0]) == len(counts[1]), compared(counts)


def test_the_number_of_updates(naming: Naming, counter: Counter) -> None:
    _small, large = wide_and_narrow(naming)
    counts = []
    for season, rows in (("FW26", large["ads"][:2]), ("FW26", large["ads"][2:])):
        with counter.counting() as statements:
            answer = answered(batch(naming, *(item(naming, row, "Season", season) for row in rows)))
        assert answer["total_affected"] == len(rows)
        counts.append(list(statements))
    assert len(counts[0]) == len(counts[1]), compared(counts)


def test_strings_that_fail(naming: Naming, counter: Counter) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    counts = []
    for size, season in ((2, "SS26"), (8, "FW26")):
        campaigns = [
            naming.make("campaign", {"Brand": brand, "Season": season, "Note": str(n)}, account["id"])
            for n in range(size)
            for brand in ("NIKE", "PUMA")
        ]
        with counter.counting() as statements:
            failing = [item(naming, row, "Brand", "PUMA") for row in campaigns[::2]]
            answer = answered(batch(naming, *failing, item(naming, campaigns[1], "Note", "free")), 207)
        assert answer["summary"]["failed_count"] == size - 1
        counts.append(list(statements))
    assert len(counts[0]) == len(counts[1]), compared(counts)


def test_a_chunk(naming: Naming, worker: Worker, counter: Counter) -> None:
    """One step of a chunk writes a whole family, whatever its size."""
    counts = []
    for ads, region in ((4, "EU"), (14, "US")):
        set_workspace(naming, background_processing_threshold=1000)
        account = naming.make("account", {"Brand": "NIKE", "Region": region})
        campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
        for number in range(ads):
            naming.make("ad", {"Brand": "NIKE", "Note": str(number)}, campaign["id"])
        set_workspace(naming, background_processing_threshold=1)
        run_id = answered(change(naming, account, "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
        worker.step()
        assert worker.children(run_id) == 1
        with counter.counting() as statements:
            worker.step()
        counts.append(list(statements))
        worker.run()
        assert job(naming, run_id)["processed_strings"] == ads + 2
    assert len(counts[0]) == len(counts[1]), compared(counts)


def compared(counts: list[list[str]]) -> str:
    """What one had more often than the other."""
    first, second = counts
    return "\n".join(
        f"{first.count(text)} : {second.count(text)}  {' '.join(text.split())[:150]}"
        for text in dict.fromkeys(first + second)
        if first.count(text) != second.count(text)
    )
