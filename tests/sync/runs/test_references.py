"""Rows that refer to others: parents found by what the source calls them, also in the same batch; missing ones."""

from typing import Any

import pytest

from tests.sync.working import Sync

CATEGORIES = {
    "entity": "category",
    "target": {"type": "table", "config": {"table": "category", "key": "legacy_id"}},
    "transform": {
        "field_mappings": {"id": "legacy_id", "label": "name"},
        "lookups": {"parent_id": {"table": "category", "match": {"legacy_id": "above"}}},
    },
}


def products(on_missing: str | None = None) -> dict[str, Any]:
    lookup = {"table": "category", "match": {"legacy_id": "group"}}
    lookup |= {} if on_missing is None else {"on_missing": on_missing}
    return {
        "transform": {
            "field_mappings": {"id": "sku", "label": "name"},
            "lookups": {"category_id": lookup},
        }
    }


def category(key: str, above: str | None = None, label: str = "Group") -> dict[str, Any]:
    return {"id": key, "label": label, "above": above}


def product(sku: str, group: Any) -> dict[str, Any]:
    return {"id": sku, "label": "Item", "group": group}


def tree(sync: Sync) -> list[Any]:
    return sync.sql(
        "select c.legacy_id, p.legacy_id from catalogue_category c left join catalogue_category p on p.id = c.parent_id"
        " order by 1"
    )


def test_parents_come_in_the_same_batch(sync: Sync) -> None:
    sync.source("groups", [category("b", "a"), category("a"), category("c", "b")])
    sync.put("groups", **CATEGORIES)
    run = sync.run("groups")
    assert (run["status"], run["stats"]["created"]) == ("completed", 3), run
    assert tree(sync) == [("a", None), ("b", "a"), ("c", "b")]
    assert sync.stats("groups") == {"unchanged": 3}
    sync.source("groups", [category("b", "a"), category("a"), category("c", "a")])
    assert sync.stats("groups") == {"unchanged": 2, "updated": 1}
    assert tree(sync)[2] == ("c", "a")


def test_a_row_without_its_parent_waits(sync: Sync) -> None:
    sync.source("groups", [category("1")])
    sync.put("groups", **CATEGORIES)
    sync.run("groups")
    sync.source("items", [product("A", 1), product("B", "gone"), product("C", None)])
    sync.put(**products(), deletes={"detect": True, "max_share": 1})
    run = sync.run()
    assert (run["status"], run["stats"]["created"], run["stats"]["parked"]) == ("completed", 2, 1)
    assert run["stats"]["extracted"] == 3
    assert sync.products("sku, category_id is not null") == [("A", True), ("C", False)]
    assert sync.rows_of(run) == [("parked", "B", "missing_reference")]
    entry = 'select kind, key, waiting_table, waiting_key, "row", times_seen, status from quarantine_entries'
    assert sync.sql(entry) == [("parked", "B", "category", "gone", product("B", "gone"), 1, "open")]
    assert sync.run()["stats"]["parked"] == 1
    assert sync.sql(entry)[0][5] == 2

    sync.source("groups", [category("1"), category("gone")])
    sync.run("groups")
    sync.work()  # the run that brought the parent has asked for another attempt
    assert sync.stats() == {"unchanged": 3}
    assert sync.sql(entry)[0][6] == "resolved"


@pytest.mark.parametrize(
    ("on_missing", "outcome", "loaded"),
    [("reject", "errors", 1), ("skip", "skipped", 1), ("null", None, 2), ("placeholder", None, 2)],
)
def test_what_becomes_of_it(sync: Sync, on_missing: str, outcome: str | None, loaded: int) -> None:
    sync.source("items", [product("A", "gone"), product("B", None)])
    sync.put(**products(on_missing))
    dry = sync.run(dry_run=True)
    run = sync.run()
    assert (len(sync.products()), run["stats"]["created"]) == (loaded, loaded)
    assert run["stats"] == dry["stats"]
    if outcome is not None:
        assert (run["stats"][outcome], sync.rows_of(run)) == (1, [(outcome, "A", "missing_reference")])
    made = sync.sql("select legacy_id, is_placeholder, edited_at from catalogue_category")
    assert made == ([("gone", True, None)] if on_missing == "placeholder" else [])
    if on_missing == "placeholder":
        sync.source("groups", [category("gone", label="Found")])
        sync.put("groups", **CATEGORIES)
        assert sync.stats("groups") == {"updated": 1}
        assert sync.sql("select name, is_placeholder from catalogue_category") == [("Found", False)]
