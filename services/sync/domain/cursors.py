"""Cursor values: times or numbers, compared, stored as text, and moved back by the lag."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any

from services.sync.domain.dates import NoDate, in_utc, is_iso_time, iso_times, read_moment
from services.sync.domain.filters.conditions import rfc3339

Cursor = datetime | Decimal


def read_cursor(value: Any, *, zone: tzinfo = UTC) -> Cursor | None:
    """A time in UTC or a number; None for what is neither, such as an empty text."""
    if isinstance(value, str):  # nearly always
        return _from_text(value.strip(), zone)
    match value:
        case bool() | None:
            return None
        case int() | Decimal():
            return Decimal(value)
        case float():
            return Decimal(repr(value))
        case date():
            return _in_utc(value, zone)
        case _:
            return None


def read_cursors(values: Sequence[Any], *, zone: tzinfo = UTC) -> Sequence[Cursor | None]:
    """The same for each of them; times as ISO 8601 writes them are read together."""
    return iso_times(values, zone) or [read_cursor(value, zone=zone) for value in values]


def _from_text(text: str, zone: tzinfo) -> Cursor | None:
    if not is_iso_time(text):
        try:
            number = Decimal(text)
            return number if number.is_finite() else None
        except InvalidOperation:
            pass
    try:
        moment = read_moment(text)
        return None if moment is None else _in_utc(moment, zone)
    except NoDate:
        return None


def _in_utc(moment: date, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return in_utc(moment, zone)


def written(cursor: Cursor) -> str:
    return rfc3339(cursor) if isinstance(cursor, datetime) else str(cursor)


def later(first: Cursor | None, second: Cursor | None) -> Cursor | None:
    """The greater of two; a number and a time are not compared: the second, newer one counts."""
    if first is None or second is None:
        return second if first is None else first
    if isinstance(first, datetime) and isinstance(second, datetime):
        return max(first, second)
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        return max(first, second)
    return second


def latest(cursors: Sequence[Cursor | None]) -> Cursor | None:
    """The greatest of them."""
    given: list[Any] = [cursor for cursor in cursors if cursor is not None]
    return max(given) if len(set(map(type, given))) == 1 else reduce(later, given, None)


def low_bound(watermark: Cursor, *, lag_seconds: int, initial: Cursor | None) -> Cursor:
    """Watermark minus lag, never below `initial`. A number has no lag unless one is given, in its own unit."""
    if isinstance(watermark, datetime):
        bound: Cursor = watermark - timedelta(seconds=lag_seconds)
    else:
        bound = watermark - lag_seconds
    return later(bound, initial) or bound
