"""A pipeline whose rows the validation service judges: both services as they are, over HTTP, with service tokens."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.sync.clients import rule_sets
from tests.e2e.conftest import Guest
from tests.e2e.house import Door, House
from tests.fixtures.people import Person
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync

RULES = {
    "target": "records",
    "fields": {"sku": "text", "name": "text", "retail_price": "decimal", "description": "text"},
    "rules": [
        {"id": "price_range", "kind": "range", "field": "retail_price", "min": 0.01, "message": "A price is above 0."},
        {"id": "number_form", "kind": "expression", "field": "sku", "expression": "matches(sku, '[A-Z]-?[0-9]*')"},
        {"id": "named", "kind": "expression", "expression": "name != 'Item'", "severity": "warning"},
    ],
}


@pytest.fixture
def judge(guest: Guest) -> Person:
    """Somebody of validation, with the rule set in place."""
    person = guest("validation")
    assert person.put("rule-sets/goods", RULES).status_code == 201
    return person


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    found = house.doors["validation"]
    found.passed.clear()
    yield found
    found.closed, found.meanwhile = 0, lambda: None


def judged_by(sync: Sync, name: str = "goods", **more: Any) -> None:
    mappings = {"id": "sku", "label": "name", "price": "retail_price", "text": "description"}
    sync.put(transform={"field_mappings": mappings}, validate={"rule_set": {"name": name, **more}})


def totals(judge: Person, run: dict[str, Any]) -> dict[str, Any]:
    """What validation has kept of a run, under the run's id."""
    (found,) = judge.get(f"rule-sets/goods/evaluations?label={run['id']}").get_json()["results"]
    return {name: found[name] for name in ("pages", "records", "failed", "warned")}


def test_rows_that_break_the_set_are_put_aside_and_the_others_load(sync: Sync, judge: Person, door: Door) -> None:
    judged_by(sync)
    sync.source("items", [item("A", "Chair"), item("B", "Table", "0.00"), item("C")], [item("c", "Sofa", "-1")])
    run = sync.run()
    assert (run["status"], run["stats"]["created"], run["stats"]["errors"], run["stats"]["warnings"]) == (
        "completed_with_errors",
        *(2, 2, 1),
    )
    assert [row[0] for row in sync.products()] == ["A", "C"]
    entries = {row["key"]: row for row in sync.person.get("quarantine").get_json()["results"]}
    (fault,) = entries["B"]["errors"]
    told = {name: fault[name] for name in ("code", "rule", "field", "text")}
    assert told == {
        "code": "price_range",
        "rule": "price_range",
        "field": "retail_price",
        "text": "A price is above 0.",
    }
    assert float(fault["value"]) == 0
    assert {fault["rule"] for fault in entries["c"]["errors"]} == {"price_range", "number_form"}
    assert entries["c"]["stage"] == "validate"
    assert totals(judge, run) == {"pages": 2, "records": 4, "failed": 2, "warned": 1}
    assert door.passed == ["POST /api/validation/v1/rule-sets/goods/evaluate"] * 2
    # Corrected, it is judged again.
    sync.person.patch(f"quarantine/{entries['B']['id']}", {"corrected_row": item("B", "Table", "2.00")})
    assert sync.person.post(f"quarantine/{entries['B']['id']}/redrive").status_code == 202
    sync.work()
    assert [row[0] for row in sync.products()] == ["A", "B", "C"]


def test_blocks_are_cut_by_rows_and_by_bytes(sync: Sync, judge: Person) -> None:
    judged_by(sync)
    many = [item(f"A{number}", "Chair") for number in range(rule_sets.BLOCK_ROWS + 1)]
    long = [item(f"B{number}", "Chair", text="ü" * 10_000) for number in range(450)]  # two bytes each
    bad = [item("a", "Chair")]
    sync.source("items", many, [*long, *bad])
    run = sync.run()
    size = len(many) + len(long)
    assert (run["stats"]["created"], run["stats"]["errors"]) == (size, 1)
    assert totals(judge, run) == {"pages": 4, "records": size + 1, "failed": 1, "warned": 0}


def test_nothing_is_loaded_while_validation_is_away(sync: Sync, judge: Person, door: Door, monkeypatch: Any) -> None:
    monkeypatch.setattr(rule_sets, "_FIRST_WAIT", 0.01)
    judged_by(sync)
    sync.source("items", [item("A", "Chair"), item("b", "Chair")])
    loaded: list[int] = []
    door.closed, door.meanwhile = 3, lambda: loaded.append(len(sync.products()))
    run = sync.run()
    assert (run["status"], run["stats"]["created"], run["stats"]["errors"]) == ("completed_with_errors", 1, 1)
    assert loaded == [0, 0, 0]


def test_a_pipeline_that_does_not_wait_fails_and_goes_on(sync: Sync, judge: Person, door: Door) -> None:
    judged_by(sync, on_unavailable="fail")
    source = sync.source("items", [item("A", "Chair"), item("b", "Chair")], [item("C", "Chair")])
    source.before = lambda number: setattr(door, "closed", 99 if number == 2 else 0)
    run = sync.run()
    assert (run["status"], run["error"]["code"]) == ("failed", "validation_unavailable")
    assert [row[0] for row in sync.products()] == ["A"]
    source.before = lambda _number: setattr(door, "closed", 0)
    assert sync.person.post(f"runs/{run['id']}/resume").status_code == 202
    sync.work()
    assert sync.read(run["id"])["status"] == "completed_with_errors"
    assert [row[0] for row in sync.products()] == ["A", "C"]
    assert totals(judge, run) == {"pages": 2, "records": 3, "failed": 1, "warned": 0}


def test_a_refusal_fails_the_run_with_its_text(sync: Sync, judge: Person) -> None:
    sync.source("items", [item("A", "Chair")])
    judged_by(sync, "unheard-of")
    run = sync.run()
    assert (run["status"], run["error"]["code"]) == ("failed", "rule_set_not_found")
    for_a_table = {"target": "characters", "rules": [{"id": "named", "kind": "not_null", "field": "name"}]}
    assert judge.put("rule-sets/people", for_a_table).status_code == 201
    judged_by(sync, "people")
    run = sync.run()
    told = judge.post("rule-sets/people/evaluate", {"records": []}).get_json()
    assert (run["status"], run["error"]["code"]) == ("failed", "validation_refused")
    assert told["detail"] in run["error"]["message"]
    assert sync.products() == []
