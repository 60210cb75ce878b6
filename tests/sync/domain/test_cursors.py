"""Columns of cursor values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.cursors import latest, read_cursor, read_cursors

BERLIN = ZoneInfo("Europe/Berlin")
TEXTS = (
    "2026-10-25T02:30:00",
    "2026-07-01 10:00:00.5Z",
    "2026-07-01T10:00+02:00",
    "2026-02-30T10:00",
    "7",
    "",
    " ",
    "x",
)


@given(st.lists(st.sampled_from(TEXTS) | st.datetimes().map(datetime.isoformat) | st.none() | st.integers()))
def test_a_column_is_read_as_its_values_are(values: list[Any]) -> None:
    assert list(read_cursors(values, zone=BERLIN)) == [read_cursor(value, zone=BERLIN) for value in values]


def test_the_latest_of_a_column() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    assert latest([day, None, day + timedelta(1), day]) == day + timedelta(1)
    assert latest([Decimal(2), Decimal(1)]) == Decimal(2)
    assert latest([day, Decimal(1)]) == Decimal(1)
    assert latest([None]) is None
