"""A dry run tells what a run would do, and is that run in everything but what it writes."""

import json
from typing import Any

from tests.sync.working import Sync, item

TABLES = ("catalogue_product", "row_history", "quarantine_entries", "conflicts", "pipeline_states")


def stored(sync: Sync) -> list[Any]:
    return [sync.sql(f"select t::text from {table} t order by 1") for table in TABLES]


def test_a_dry_run_is_the_run(sync: Sync) -> None:
    strict = {"id": "sku", "label": "name", "price": {"to": "retail_price", "on_error": "reject"}}
    sync.source("items", [item("A"), item("B"), item("C"), item("GONE")])
    sync.put(
        transform={"field_mappings": strict},
        deletes={"detect": True, "max_share": 1},
        target={"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"},
    )
    sync.run()
    sync.sql("update catalogue_product set name = 'Edited' where sku = 'C'")
    sync.source(
        "items",
        [item("A"), item("B", "Renamed", "2.00"), item("C", "Other"), item("D"), item("E", price="x"), item("D", "D2")],
    )
    before = stored(sync)
    dry = sync.run(dry_run=True)
    assert stored(sync) == before
    assert (dry["kind"], dry["status"]) == ("dry_run", "completed_with_errors")
    expected = {"created": 1, "updated": 1, "unchanged": 1, "conflicts": 1, "errors": 1, "duplicates": 1, "deleted": 1}
    assert {name: dry["stats"][name] for name in expected} == expected
    assert [(one["key"], one["action"], one["fields"]) for one in dry["diff"]] == [
        ("B", "update", {"name": ["Item", "Renamed"], "retail_price": ["1.00", "2.00"]}),
        ("D", "create", {"sku": [None, "D"], "name": [None, "D2"], "retail_price": [None, "1.00"]}),
        ("GONE", "delete", {}),
    ]
    lines = sync.person.get(f"runs/{dry['id']}/diff?format=jsonl")
    assert lines.content_type == "application/x-ndjson"
    assert [json.loads(line) for line in lines.get_data().splitlines()] == dry["diff"]
    page = sync.person.get(f"runs/{dry['id']}/diff?limit=1").get_json()
    assert (len(page["results"]), page["next"] is not None) == (1, True)
    listed = sync.rows_of(dry)

    real = sync.run()
    assert real["stats"] == dry["stats"]
    assert sync.rows_of(real) == listed
    again = sync.run(dry_run=True)
    assert again["diff"] == []


def test_dry_runs_stand_beside_the_run(sync: Sync) -> None:
    sync.source("items", [item("A")])
    sync.put()
    waiting = sync.ask()
    first, second = sync.ask(dry_run=True), sync.ask(dry_run=True)
    sync.work()
    assert [sync.read(run["id"])["status"] for run in (waiting, first, second)] == ["completed"] * 3


def test_a_dry_run_tells_what_would_be_refused(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B")])
    sync.put(deletes={"detect": True, "max_share": 0})
    sync.run()
    sync.source("items", [item("A")])
    assert sync.run(dry_run=True)["error"]["code"] == "delete_threshold_exceeded"
