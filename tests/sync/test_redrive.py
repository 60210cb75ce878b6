"""Re-driving quarantine with the whole engine: what loads is resolved, what does not stays open; parked rows."""

from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync

STRICT = {"field_mappings": {"id": "sku", "label": "name", "price": {"to": "retail_price", "on_error": "reject"}}}
ENTRIES = "select key, status, attempts, times_seen from quarantine_entries order by key, id"


@pytest.fixture
def entries(sync: Sync, ada: Person) -> list[dict[str, Any]]:
    """Two bad rows beside a good one."""
    sync.put(transform=STRICT)
    sync.source("items", [item("A", price="dear"), item("B"), item("C", price="cheap")])
    run = sync.run()
    assert (run["status"], run["stats"]["errors"]) == ("completed_with_errors", 2)
    found: list[dict[str, Any]] = ada.get("quarantine?ordering=key").get_json()["results"]
    return found


def test_a_corrected_row_loads_and_its_entry_is_resolved(
    sync: Sync, entries: list[dict[str, Any]], ada: Person
) -> None:
    first, second = (entry["id"] for entry in entries)
    ada.patch(f"quarantine/{first}", {"corrected_row": item("A", price="2.50")})
    asked = ada.post("quarantine/redrive", {"filter": {"pipeline": "items", "code": "invalid_number"}})
    (started,) = asked.get_json()["results"]
    assert (asked.status_code, started["kind"], started["status"]) == (202, "redrive", "pending")
    assert asked.headers["Location"] == f"/api/sync/v1/runs/{started['id']}"
    state = sync.sql("select * from pipeline_states")
    sync.work()
    run = sync.read(started["id"])
    assert (run["status"], run["stats"]["created"], run["stats"]["errors"]) == ("completed_with_errors", 1, 1)
    assert sync.sql("select * from pipeline_states") == state  # says nothing about how far the source was read
    assert sync.products("sku, retail_price::text") == [("A", "2.50"), ("B", "1.00")]
    resolved, still = (ada.get(f"quarantine/{one}").get_json() for one in (first, second))
    assert (resolved["status"], resolved["resolved_run_id"], resolved["attempts"]) == ("resolved", run["id"], 0)
    assert (still["status"], still["attempts"], still["times_seen"]) == ("open", 1, 1)
    assert still["errors"][0]["code"] == "invalid_number"
    # An entry that is settled is not tried again.
    refused = ada.post(f"quarantine/{first}/redrive")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "entry_settled")
    assert ada.post("quarantine/redrive", {"ids": [first]}).get_json()["code"] == "nothing_to_redrive"


def test_a_redrive_works_with_the_present_version(sync: Sync, entries: list[dict[str, Any]], ada: Person) -> None:
    sync.put()  # where a bad price is null
    asked = ada.post(f"quarantine/{entries[1]['id']}/redrive")
    assert (asked.status_code, asked.get_json()["config_version"]) == (202, 2)
    sync.work()
    assert sync.sql(ENTRIES) == [("A", "open", 0, 1), ("C", "resolved", 0, 1)]


def test_the_same_row_again_is_the_same_entry(sync: Sync, entries: list[dict[str, Any]], ada: Person) -> None:
    assert len(entries) == 2
    sync.run()
    assert sync.sql(ENTRIES) == [("A", "open", 0, 2), ("C", "open", 0, 2)]
    sync.source("items", [item("A", price="dearer"), item("B"), item("C", price="3")])
    sync.run()  # C loads, which settles what lay under its key; A has come in another way
    assert sync.sql(ENTRIES) == [("A", "open", 0, 2), ("A", "open", 0, 1), ("C", "resolved", 0, 2)]
    other = ada.get("quarantine?key=A&ordering=-id").get_json()["results"][0]["id"]
    ada.post(f"quarantine/{other}/discard", {"comment": "No such price."})
    run = sync.run()
    assert (run["status"], run["skips"]) == ("completed", {"discarded": 1})


def test_a_row_that_breaks_a_constraint_is_kept_as_it_came(sync: Sync, ada: Person) -> None:
    sync.put()
    long = item("A", "x" * 501)
    sync.source("items", [long, item("B")])
    sync.run()
    (entry,) = ada.get("quarantine").get_json()["results"]
    assert (entry["stage"], entry["errors"][0]["code"], entry["row"]) == ("load", "constraint", long)
    ada.post(f"quarantine/{entry['id']}/redrive")
    sync.work()
    assert sync.sql(ENTRIES) == [("A", "open", 1, 1)]
    ada.patch(f"quarantine/{entry['id']}", {"corrected_row": item("A", "Short")})
    ada.post(f"quarantine/{entry['id']}/redrive")
    sync.work()
    assert sync.sql(ENTRIES) == [("A", "resolved", 1, 1)]
    assert sync.products("sku, name") == [("A", "Short"), ("B", "Item")]


def test_parked_rows_load_after_their_parent(sync: Sync, ada: Person) -> None:
    group = {"table": "category", "match": {"legacy_id": "group"}}
    sync.put(transform={"field_mappings": {"id": "sku"}, "lookups": {"category_id": group}})
    sync.source("items", [{"id": "A", "group": "g1"}, {"id": "B", "group": "g2"}])
    assert sync.stats() == {"parked": 2}
    (first, _second) = ada.get("quarantine?ordering=key").get_json()["results"]
    assert (first["kind"], first["waiting_for"]) == ("parked", {"table": "category", "key": "g1"})
    key = {"type": "table", "config": {"table": "category", "key": "legacy_id"}}
    sync.put("groups", entity="category", target=key, transform={"field_mappings": {"id": "legacy_id"}})
    sync.source("groups", [{"id": "g1"}])
    sync.run("groups")
    sync.work()
    assert sync.products("sku") == [("A",)]
    assert sync.sql(ENTRIES) == [("A", "resolved", 0, 1), ("B", "open", 1, 1)]
    # A corrected row that waits again is still one entry.
    waiting = ada.get("quarantine?key=B").get_json()["results"][0]["id"]
    ada.patch(f"quarantine/{waiting}", {"corrected_row": {"id": "B", "group": "g3"}})
    ada.post(f"quarantine/{waiting}/redrive")
    sync.work()
    assert sync.sql(ENTRIES)[1:] == [("B", "open", 2, 1)]
    assert ada.get(f"quarantine/{waiting}").get_json()["waiting_for"]["key"] == "g3"


def test_a_row_that_waits_too_long_is_a_bad_one(sync: Sync, ada: Person) -> None:
    group = {"table": "category", "match": {"legacy_id": "group"}}
    sync.put(transform={"field_mappings": {"id": "sku"}, "lookups": {"category_id": group}})
    sync.source("items", [{"id": "A", "group": "g1"}])
    sync.run()
    sync.sql("update quarantine_entries set first_seen_at = now() - interval '31 days'")
    sync.clean_up()
    (entry,) = ada.get("quarantine").get_json()["results"]
    assert (entry["kind"], entry["status"], entry["errors"][0]["code"]) == ("bad", "open", "reference_missing")
    sync.sql(
        "update quarantine_entries set status = 'discarded', resolved_at = now() - interval '31 days',"
        " last_seen_at = now() - interval '31 days'"
    )
    sync.clean_up()
    assert ada.get("quarantine").get_json()["results"] == []


def test_statements_do_not_grow_with_entries(sync: Sync, ada: Person) -> None:
    sync.put(transform=STRICT)

    def statements(number: int) -> int:
        sync.source("items", [item(f"{number}-{n}", price="dear") for n in range(number)])
        sync.run()
        with counting(sync.app.runtime.db.engine) as sent:
            answer = ada.post("quarantine/redrive", {"filter": {"pipeline": "items"}})
            assert answer.status_code == 202
        sync.work()
        return len(sent)

    assert statements(2) == statements(40)
    assert sync.sql("select count(*), min(attempts) from quarantine_entries") == [(42, 1)]


def test_what_a_redrive_refuses(sync: Sync, entries: list[dict[str, Any]], ada: Person, person: MakePerson) -> None:
    assert codes(ada.post("quarantine/redrive", {"ids": [1], "filter": {}})) == ["ids_or_filter"]
    assert ada.post("quarantine/redrive", {"ids": []}).status_code == 422
    assert codes(ada.post("quarantine/redrive", {})) == ["ids_or_filter"]
    viewer = person(roles=["viewer"], sub="vic")
    for path in (f"quarantine/{entries[0]['id']}/redrive", "quarantine/redrive"):
        refused = viewer.post(path, {"filter": {}} if path == "quarantine/redrive" else {})
        assert (refused.status_code, refused.get_json()["permission"]) == (403, "quarantine.redrive")
    ada.patch("pipelines/items", {"active": False})
    off = ada.post("quarantine/redrive", {"filter": {}})
    assert (off.status_code, off.get_json()["code"]) == (409, "pipeline_inactive")
    assert sync.sql(ENTRIES) == [("A", "open", 0, 1), ("C", "open", 0, 1)]
