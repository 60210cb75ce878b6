"""Rows from a source to the catalogue: what is written, what is left alone, and that everything is counted once."""

from tests.sync.working import Sync, item


def test_rows_are_created_updated_and_left_alone(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B", price="2.5")], [item("C")])
    sync.put()
    first = sync.run()
    assert first["status"] == "completed", first
    assert first["stats"]["created"] == 3
    assert sync.products() == [("A", "Item", "1.00"), ("B", "Item", "2.50"), ("C", "Item", "1.00")]

    sync.source("items", [item("A", "Renamed"), item("B", price="2.50")], [item("C")])
    assert sync.stats() == {"updated": 1, "unchanged": 2}
    assert sync.products("sku, name, version") == [("A", "Renamed", 2), ("B", "Item", 1), ("C", "Item", 1)]
