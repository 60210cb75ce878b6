"""A source that does not stand still: what changes while it is read, or turns up late, comes with the next run."""

from datetime import UTC, datetime, timedelta

from tests.sync.working import Sync, item

LAG = 300


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def test_what_changes_while_it_is_read_comes_with_the_next_run(sync: Sync) -> None:
    source = sync.source("items", [item("A", changed=ago(9_000))], [item("B", changed=ago(9_000))])
    sync.put(incremental={"field": "changed"})

    def change(number: int) -> None:
        if number == 2:  # page 1 has been read
            source.pages[0] = [item("A", "Changed", changed=ago(0)), item("C", changed=ago(0))]

    source.before = change
    assert sync.stats() == {"created": 2}
    source.before = lambda _number: None
    assert sync.stats() == {"updated": 1, "created": 1}
    assert sync.products("sku, name") == [("A", "Changed"), ("B", "Item"), ("C", "Item")]
    assert sync.stats() == {"unchanged": 2}  # within the lag, and recognised


def test_what_turns_up_late_is_found_within_the_lag(sync: Sync) -> None:
    source = sync.source("items", [item("A", changed=ago(9_000))])
    sync.put(incremental={"field": "changed", "lag_seconds": LAG})
    sync.run()
    # Their transactions at the source ended after the run had looked.
    source.pages[0] += [item("B", changed=ago(LAG / 2)), item("C", changed=ago(LAG * 2))]
    assert sync.stats() == {"created": 1}
    assert [row[0] for row in sync.products()] == ["A", "B"]
    assert sync.stats(mode="full") == {"created": 1, "unchanged": 2}
