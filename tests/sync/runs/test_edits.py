"""Rows that people have edited: who wins, what is remembered, and when there is no conflict at all."""

from typing import Any

import pytest

from tests.sync.working import Sync, item

TIMED = {"field": "changed", "watermark": "max_seen"}


def loaded(sync: Sync, **target: Any) -> None:
    sync.source("items", [item("A", changed="2026-01-01T00:00:00Z")])
    usual = {"type": "table", "config": {"table": "product", "key": "sku"}}
    sync.put(target=usual | target, incremental=TIMED)
    sync.run(mode="full")


def edit(sync: Sync, name: str = "Edited") -> None:
    sync.sql("update catalogue_product set name = :name", name=name)


def offer(sync: Sync, label: str, changed: str) -> dict[str, Any]:
    sync.source("items", [item("A", label, changed=changed)])
    return sync.run(mode="full")


def test_edits_are_noted_by_the_database(sync: Sync) -> None:
    loaded(sync)
    assert sync.products("edited_at, edited_by") == [(None, None)]
    sync.sql("update catalogue_product set version = version + 1")
    assert sync.products("edited_at") == [(None,)]  # nothing that is mapped
    edit(sync)
    assert sync.products("edited_at > loaded_at, edited_by") == [(True, "grace")]


def test_an_edit_stays_while_the_source_does_not_change(sync: Sync) -> None:
    loaded(sync)
    edit(sync)
    run = offer(sync, "Item", "2026-01-01T00:00:00Z")
    assert run["stats"]["unchanged"] == 1
    assert sync.products("name") == [("Edited",)]


def test_the_same_result_on_both_sides_is_no_conflict(sync: Sync) -> None:
    loaded(sync, conflict_strategy="manual")
    edit(sync, "Both")
    assert offer(sync, "Both", "2026-02-01T00:00:00Z")["stats"]["unchanged"] == 1
    assert offer(sync, "Again", "2026-03-01T00:00:00Z")["stats"]["updated"] == 1


@pytest.mark.parametrize(
    ("strategy", "changed", "outcome", "name"),
    [
        ("source_wins", "2020-01-01T00:00:00Z", {"updated": 1}, "Source"),
        ("target_wins", "2099-01-01T00:00:00Z", {"skipped": 1}, "Edited"),
        ("newest_wins", "2099-01-01T00:00:00Z", {"updated": 1}, "Source"),
        ("newest_wins", "2020-01-01T00:00:00Z", {"skipped": 1}, "Edited"),
        ("manual", "2099-01-01T00:00:00Z", {"conflicts": 1}, "Edited"),
    ],
)
def test_strategies(sync: Sync, strategy: str, changed: str, outcome: dict[str, int], name: str) -> None:
    loaded(sync, conflict_strategy=strategy)
    edit(sync)
    run = offer(sync, "Source", changed)
    assert run["status"] == "completed"
    assert {counter: run["stats"][counter] for counter in outcome} == outcome
    assert sync.products("name") == [(name,)]
    if strategy == "source_wins":
        assert sync.sql("select fields->'name' from row_history") == [(["Edited", "Source"],)]
    if "skipped" in outcome:
        reason = {"target_wins": "target_wins", "newest_wins": "target_newer"}[strategy]
        assert run["skips"] == {reason: 1}
        assert offer(sync, "Source", changed)["stats"]["unchanged"] == 1  # a version that lost is not offered again


def test_a_conflict_is_one_until_it_is_settled(sync: Sync) -> None:
    loaded(sync, conflict_strategy="manual")
    edit(sync)
    offer(sync, "Source", "2099-01-01T00:00:00Z")
    assert offer(sync, "Source", "2099-01-01T00:00:00Z")["stats"]["conflicts"] == 1
    offer(sync, "Newer", "2099-01-02T00:00:00Z")
    found = sync.sql(
        "select status, key, source_values->>'name', target_values->>'name', target_edited_by, version from conflicts"
    )
    assert found == [("open", "A", "Newer", "Edited", "grace", 2)]
    shown = sync.person.get("pipelines/items").get_json()
    assert shown["open_conflicts"] == 1
    offer(sync, "Edited", "2099-01-03T00:00:00Z")
    assert sync.sql("select status from conflicts") == [("obsolete",)]


def test_a_row_that_nobody_loaded_counts_as_edited(sync: Sync) -> None:
    sync.source("items", [item("A", "Source", changed="2020-01-01T00:00:00Z")])
    target = {"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "target_wins"}
    sync.put(target=target)
    sync.sql("insert into catalogue_product (sku, name) values ('A', 'By hand')")
    assert sync.stats() == {"skipped": 1}
    assert sync.products("name, edited_by") == [("By hand", "grace")]
