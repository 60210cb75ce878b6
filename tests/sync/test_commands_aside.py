"""`concord sync rejects` and `conflicts`: rows that did not load, and rows that two have changed."""

import json
from typing import Any

import pytest

from tests.sync.commanding import concord as concord
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync


def listed(concord: Any, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(concord(*words, "--json").stdout)
    return found


def test_rejects_are_looked_at_corrected_and_tried_again(sync: Sync, concord: Any) -> None:
    sync.put(validate={"rules": [{"field": "retail_price", "rule": "greater_than", "value": 0}]})
    sync.source("items", [item("A", price="0"), item("B", price="0"), item("C", price="0"), item("D")])
    concord("run", "items", code=3)
    entries = {one["key"]: str(one["id"]) for one in listed(concord, "rejects", "list")}
    assert entries.keys() == {"A", "B", "C"}
    assert concord("rejects", "list", "--key", "A").stdout == f"{entries['A']}  items  A  open  greater_than\n"
    assert "there are more than 1" in concord("rejects", "list", "--limit", "1").stderr
    assert listed(concord, "rejects", "list", "--kind", "parked") == []
    shown = concord("rejects", "show", entries["A"]).stdout
    assert "  greater_than retail_price  " in shown
    assert "  price: 0\n" in shown

    corrected = json.dumps(item("A", price="2.50"))
    assert concord("rejects", "correct", entries["A"], corrected).stdout.startswith(f"{entries['A']}  items  A  open")
    assert "price: 2.50" in concord("rejects", "show", entries["A"]).stdout
    assert concord("rejects", "discard", entries["C"], "--comment", "Gone.").stdout.split()[3] == "discarded"
    again = concord("rejects", "redrive", "--pipeline", "items", "--code", "greater_than", code=3)
    assert again.stdout.startswith("items: completed_with_errors")
    assert [row[0] for row in sync.products()] == ["A", "D"]
    (left,) = listed(concord, "rejects", "list")
    assert (left["key"], left["attempts"]) == ("B", 1)

    concord("rejects", "correct", entries["B"], json.dumps(item("B", price="1.00")))
    (run,) = json.loads(concord("rejects", "redrive", entries["B"], "--json").stdout)
    assert (run["kind"], run["status"]) == ("redrive", "completed")
    assert "nothing to try again" in concord("rejects", "redrive", "--all").stderr
    concord("rejects", "redrive", entries["B"], code=2)
    assert {one["status"] for one in listed(concord, "quarantine", "list", "--status", "resolved")} == {"resolved"}


def test_conflicts_are_decided(sync: Sync, concord: Any) -> None:
    sync.put(target={"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"})
    sync.source("items", [item(sku) for sku in "ABC"])
    sync.run()
    sync.sql("update catalogue_product set name = 'Here'")
    sync.source("items", [item(sku, "There") for sku in "ABC"])
    assert "3 conflicts" in concord("run", "items").stdout
    ids = {one["key"]: str(one["id"]) for one in listed(concord, "conflicts", "list", "--table", "product")}
    assert ids.keys() == {"A", "B", "C"}
    assert concord("conflicts", "show", ids["A"]).stdout == (
        f"{ids['A']}  items  A  open\n  name: 'There' at the source, 'Here' here\n"
    )
    assert "  A  merged" in concord("conflicts", "resolve", ids["A"], "--set", "name=Both").stdout
    assert concord("conflicts", "resolve", ids["B"], "--keep", "target").stderr == "1 resolved, 0 not\n"
    mixed = concord("conflicts", "resolve", ids["A"], ids["C"], "--keep", "source", code=3)
    assert mixed.stdout.startswith(f"{ids['A']}  conflict_resolved: ")
    concord("conflicts", "resolve", "--pipeline", "items", "--keep", "source")
    assert sync.products("sku, name") == [("A", "Both"), ("B", "Here"), ("C", "There")]
    assert listed(concord, "conflicts", "list") == []


def test_dry_runs_and_runs_are_followed(sync: Sync, concord: Any) -> None:
    sync.put()
    sync.source("items", [item("A"), item("B")])
    dry = json.loads(concord("run", "items", "--dry-run", "--json").stdout)
    assert "create A  sku: None → 'A'" in concord("runs", "diff", dry["id"]).stdout
    told = [json.loads(line) for line in concord("runs", "diff", dry["id"], "--json").stdout.splitlines()]
    assert [(one["action"], one["key"]) for one in told] == [("create", "A"), ("create", "B")]
    waiting = json.loads(concord("run", "items", "--detach", "--json").stdout)
    assert concord("runs", "watch", waiting["id"]).stdout.startswith("items: completed in ")


@pytest.mark.parametrize(
    "words",
    [
        ["rejects", "redrive"],
        ["rejects", "redrive", "1", "--all"],
        ["rejects", "discard", "1"],
        ["rejects", "correct", "1", "[]"],
        ["rejects", "show", "x"],
        ["conflicts", "resolve", "1"],
        ["conflicts", "resolve", "--keep", "source"],
        ["conflicts", "resolve", "1", "2", "--set", "name=x"],
        ["conflicts", "resolve", "1", "--set", "name"],
        ["conflicts", "resolve", "1", "--keep", "source", "--set", "name=x"],
    ],
)
def test_wrong_use_is_2(concord: Any, words: list[str]) -> None:
    refused = concord(*words, code=2)
    assert (refused.exit_code, refused.stdout) == (2, "")
