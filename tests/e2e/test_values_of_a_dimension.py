"""A pipeline that keeps the values of a dimension current: both services as they are, with service tokens."""

from typing import Any

import pytest

from tests.e2e.conftest import Guest
from tests.e2e.house import House
from tests.fixtures.people import Person
from tests.sync.working import Sync
from tests.sync.working import sync as sync


@pytest.fixture
def naming(guest: Guest) -> Person:
    return guest("propagation")


@pytest.fixture
def brands(naming: Person) -> int:
    """The id of a dimension."""
    answer = naming.post("dimensions", {"name": "Brand", "type": "list"})
    assert answer.status_code == 201
    return int(answer.get_json()["id"])


def keeps(sync: Sync, dimension: int, **more: Any) -> None:
    body = {"dimension": "dimension", "value": "value", "external_ref": "ref"}
    config = {
        "service": "propagation",
        "path": "dimension-values",
        "key": "ref",
        "body": body,
        "find": {"query": {"dimension": "dimension", "external_ref": "ref"}, "version": "version"},
    }
    transform = {
        "field_mappings": {"no": "ref", "brand": "value"},
        "constants": {"dimension": dimension},
    }
    sync.put(entity="brand", transform=transform, target={"type": "http", "config": config, **more})


def values(naming: Person, dimension: int) -> list[tuple[str, str | None, int]]:
    found = naming.get(f"dimension-values?dimension={dimension}&ordering=value").get_json()["results"]
    return [(one["value"], one["external_ref"], one["version"]) for one in found]


def test_values_are_found_by_their_reference_and_renamed(sync: Sync, naming: Person, brands: int, house: House) -> None:
    naming.post("dimension-values", {"dimension": brands, "value": "OLD", "external_ref": "1"})
    sync.source("items", [{"no": "1", "brand": "NIKE"}, {"no": "2", "brand": "PUMA"}, {"no": "2", "brand": "ASICS"}])
    keeps(sync, brands)
    first = sync.run()
    assert (first["status"], first["error"]) == ("completed", None)
    counted = ("extracted", "created", "updated", "unchanged", "duplicates", "errors")
    assert [first["stats"][name] for name in counted] == [3, 1, 1, 0, 1, 0]
    assert values(naming, brands) == [("ASICS", "2", 1), ("NIKE", "1", 2)]
    passed = house.doors["propagation"].passed
    passed.clear()
    assert sync.stats(mode="full") == {"unchanged": 2, "duplicates": 1}
    assert passed == []  # what was sent is remembered
    sync.source(
        "items", [{"no": "1", "brand": "ADIDAS"}, {"no": "3", "brand": "x" * 40}, {"no": "2", "brand": "ASICS"}]
    )
    second = sync.run()
    assert second["status"] == "completed_with_errors"
    assert [second["stats"][name] for name in counted] == [3, 0, 1, 1, 0, 1]
    assert values(naming, brands) == [("ADIDAS", "1", 3), ("ASICS", "2", 1)]
    (entry,) = sync.person.get("quarantine").get_json()["results"]
    assert (entry["key"], entry["stage"]) == ("3", "load")
    sync.person.patch(f"quarantine/{entry['id']}", {"corrected_row": {"no": "3", "brand": "REEBOK"}})
    assert sync.person.post(f"quarantine/{entry['id']}/redrive").status_code == 202
    sync.work()
    assert [value for value, _ref, _version in values(naming, brands)] == ["ADIDAS", "ASICS", "REEBOK"]
    log = naming.get("audit-log?action=dimension_value.created").get_json()["results"]
    assert "service:sync" in {row["actor"] for row in log}


def test_a_dry_run_asks_but_changes_nothing(sync: Sync, naming: Person, brands: int) -> None:
    naming.post("dimension-values", {"dimension": brands, "value": "OLD", "external_ref": "1"})
    sync.source("items", [{"no": "1", "brand": "NIKE"}, {"no": "2", "brand": "PUMA"}])
    keeps(sync, brands)
    dry = sync.run(dry_run=True)
    assert [(one["key"], one["action"], one["fields"].get("value")) for one in dry["diff"]] == [
        ("1", "update", ["OLD", "NIKE"]),
        ("2", "create", [None, "PUMA"]),
    ]
    assert values(naming, brands) == [("OLD", "1", 1)]
    keeps(sync, brands, update_existing=False)
    run = sync.run()
    assert (run["skips"], run["stats"]["created"]) == ({"exists": 1}, 1)
