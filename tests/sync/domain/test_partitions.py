"""Parts of a run: together everything, never the same row twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.filters.evaluating import predicate
from services.sync.domain.partitions import (
    Bounds,
    by_months,
    by_ranges,
    by_values,
    conditions_of,
    latest_months,
    not_below,
    shared_out,
)

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
VALUES = st.one_of(st.none(), st.integers(-50, 50))
MOMENTS = st.one_of(st.none(), st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)))


def readers(parts: list[Bounds], row: dict[str, Any]) -> list[int]:
    """The parts that read a row."""
    tests = [predicate(conditions_of(part), zone=UTC) for part in parts]
    return [number for number, test in enumerate(tests) if test is None or test(row)]


@given(st.lists(st.integers(-40, 40), unique=True, max_size=8), VALUES)
def test_every_row_is_in_exactly_one_range(limits: list[int], value: int | None) -> None:
    assert len(readers(by_ranges("n", sorted(limits)), {"n": value})) == 1


@given(st.integers(1, 15), MOMENTS)
def test_every_row_is_in_exactly_one_month(count: int, moment: datetime | None) -> None:
    parts = by_ranges("at", latest_months(count, now=NOW))
    assert len(parts) == count
    assert len(readers(parts, {"at": None if moment is None else moment.isoformat() + "Z"})) == 1


@given(st.integers(1, 15), st.integers(0, 500), MOMENTS)
def test_a_run_that_begins_later_reads_the_same_in_fewer_parts(count: int, days: int, moment: datetime | None) -> None:
    low = NOW - timedelta(days=days)
    every = by_ranges("at", latest_months(count, now=NOW))
    parts = not_below(every, low)
    assert len(parts) <= len(every)
    row = {"at": None if moment is None else moment.isoformat() + "Z"}
    if moment is None or moment.replace(tzinfo=UTC) >= low:
        assert len(readers(parts, row)) == 1


@given(st.lists(st.integers(), max_size=30), st.integers(1, 12))
def test_groups_are_even_and_keep_the_order(things: list[int], count: int) -> None:
    groups = shared_out(things, count)
    assert [thing for group in groups for thing in group] == things
    assert len(groups) <= count
    sizes = {len(group) for group in groups}
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_months_that_are_named() -> None:
    parts = by_months("at", ["2025-12", "2026-01"])
    assert readers(parts, {"at": "2025-12-31T23:59:59Z"}) == [0]
    assert readers(parts, {"at": "2026-01-01T00:00:00Z"}) == [1]
    assert readers(parts, {"at": "2026-02-01T00:00:00Z"}) == readers(parts, {"at": None}) == []
    with pytest.raises(ValueError, match="no month"):
        by_months("at", ["2026-13"])


def test_values_by_themselves_or_shared() -> None:
    assert [part["values"] for part in by_values("store", ["S1", "S2", "S3"])] == [["S1"], ["S2"], ["S3"]]
    parts = by_values("store", ["S1", "S2", "S3"], count=2)
    assert [part["values"] for part in parts] == [["S1"], ["S2", "S3"]]
    assert readers(parts, {"store": "S3"}) == [1]


def test_numbers_below_the_watermark() -> None:
    parts = by_ranges("n", [10, 20])
    assert not_below(parts, Decimal(20)) == [{"field": "n", "from": 20, "to": None, "nulls": True}]
    assert not_below(parts, Decimal(19))[0]["from"] == 10
