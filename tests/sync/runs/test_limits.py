"""Bad rows and deletes have limits, and beyond them nothing of the batch stays."""

from typing import Any

import pytest

from tests.sync.working import Sync, item

STRICT = {"id": "sku", "label": "name", "price": {"to": "retail_price", "on_error": "reject"}}


def test_too_many_bad_rows_end_the_run(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B")], [item("C", price="x"), item("D")])
    sync.put(transform={"field_mappings": STRICT}, bad_rows={"max_share": 0.2})
    run = sync.run()
    assert (run["status"], run["error"]["class"], run["error"]["code"]) == ("failed", "limit", "bad_row_limit")
    assert run["error"]["sample"] == [
        {"key": "C", "code": "invalid_number", "field": "retail_price", "text": run["error"]["sample"][0]["text"]}
    ]
    assert [row[0] for row in sync.products()] == ["A", "B"]  # the first batch had committed
    assert run["stats"]["extracted"] == 2
    assert sync.sql("select count(*) from quarantine_entries") == [(0,)]
    assert sync.person.get("pipelines/items/state").get_json()["last_successful_run_id"] is None
    assert sync.person.get(f"jobs/{run['id']}").get_json()["status"] == "failed"


def test_one_batch_is_all_or_nothing(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B")], [item("C", price="x"), item("D")])
    sync.put(transform={"field_mappings": STRICT}, bad_rows={"max_count": 0}, batch_size=0)
    assert sync.run()["status"] == "failed"
    assert sync.products() == []


def test_missing_rows_are_marked_and_come_back(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B")], [item("C")])
    sync.put(deletes={"detect": True})
    sync.run()
    sync.source("items", [item("A"), item("C")])
    assert sync.stats() == {"unchanged": 2, "deleted": 1}
    assert [row[0] for row in sync.products()] == ["A", "C"]
    assert sync.sql("select action from row_history") == [("delete",)]
    assert sync.stats() == {"unchanged": 2}
    sync.source("items", [item("A"), item("B"), item("C")])
    assert sync.stats() == {"unchanged": 2, "updated": 1, "restored": 1}
    assert [row[0] for row in sync.products()] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("limits", "left", "code"),
    [
        ({}, 14, None),  # five may go in any case
        ({}, 13, "delete_threshold_exceeded"),
        ({"max_share": 0.05}, 18, "delete_threshold_exceeded"),  # taken literally
        ({"max_share": 1}, 1, None),
        ({"max_share": 1}, 0, "empty_source"),
    ],
)
def test_deletes_have_a_limit(sync: Sync, limits: dict[str, Any], left: int, code: str | None) -> None:
    rows = [item(f"A{n:02}") for n in range(19)]
    sync.source("items", rows)
    sync.put(deletes={"detect": True, **limits})
    sync.run()
    sync.source("items", *([[*rows[:left], item("NEW")]] if left else []))
    run = sync.run()
    if code is None:
        assert (run["status"], run["stats"]["deleted"]) == ("completed", 19 - left)
        return
    assert (run["status"], run["error"]["class"], run["error"]["code"]) == ("failed", "limit", code)
    assert (run["error"]["live"], run["error"]["missing"]) == (19, 19 - left)
    assert len(sync.products()) == 19  # the new row went with the batch
    assert sync.run(allow_mass_delete=True)["stats"]["deleted"] == 19 - left


def test_what_was_there_and_did_not_load_is_not_missing(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B"), item("C")])
    sync.put(transform={"field_mappings": STRICT}, deletes={"detect": True, "max_share": 1})
    sync.run()
    sync.source("items", [item("A", price="x"), item("B")])
    run = sync.run()
    assert (run["stats"]["errors"], run["stats"]["deleted"]) == (1, 1)
    assert [row[0] for row in sync.products()] == ["A", "B"]
    sync.source("items", [item("A"), {"label": "who?"}])
    run = sync.run()
    assert (run["stats"]["deleted"], [one["code"] for one in run["warnings"]]) == (0, ["deletes_skipped"])


def test_partial_runs_delete_nothing(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B")])
    sync.put(deletes={"detect": True, "max_share": 1})
    sync.run()
    for wishes in ({"top": 1}, {"filters": {"id": "A"}}):
        run = sync.run(**wishes)
        assert (run["kind"], run["stats"]["extracted"], run["stats"]["deleted"]) == ("partial", 1, 0)
    assert len(sync.products()) == 2


def test_only_admins_lift_the_limit(sync: Sync, person: Any) -> None:
    sync.put()
    refused = person(roles=["manager"]).post("pipelines/items/runs", {"allow_mass_delete": True})
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "run.mass_delete")


def test_replace_takes_the_place_of_the_old_rows(sync: Sync) -> None:
    target = {"type": "table", "config": {"table": "product", "key": "sku"}, "write": "replace"}
    sync.source("items", [item("A"), item("B")], [item("C")])
    sync.put(target=target)
    sync.run()
    sync.source("items", [item("D")], [item("A", "Renamed")])
    run = sync.run()
    assert (run["status"], run["stats"]["deleted"], run["partitions"][0]["batches"]) == ("completed", 2, 1)
    assert sync.products("sku, name") == [("A", "Renamed"), ("D", "Item")]
    refused = sync.person.post("pipelines/items/runs", {"top": 1, "dry_run": True})
    assert [(one["pointer"], one["code"]) for one in refused.get_json()["errors"]] == [("/top", "not_partial")]
