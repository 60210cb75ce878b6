"""Values in calls from edges: ids, points in time, amounts, each with one way to be wrong."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNT: Final = re.compile(r"\d{1,8}(\.\d{1,2})?", re.ASCII)
_COUNT: Final = re.compile(r"\d+", re.ASCII)


def as_uuid(value: Any) -> UUID:
    """Raises ValueError unless it is text in the usual form with hyphens."""
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise ValueError("not a UUID")
    return UUID(value)


def as_instant(value: Any) -> datetime:
    """A date (its first moment in UTC) or an ISO 8601 time; without an offset it is UTC. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("not a text")
    text = value.strip()
    if _DATE.fullmatch(text):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    # In a query a plus sign that was not escaped arrives as a blank.
    moment = datetime.fromisoformat(re.sub(r" (\d{2}:\d{2})$", r"+\1", text) if "T" in text else text)
    if not re.search(r"[T ]\d{2}", text):
        raise ValueError("not a date or time")
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as failure:
        raise ValueError("out of range") from failure


def as_count(value: Any) -> int:
    """A whole number without sign; as text or as a JSON number. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not _COUNT.fullmatch(str(value)):
        raise ValueError("not a whole number")
    return int(value)


def as_amount(value: Any) -> Decimal:
    """A sum of at most ten digits, two of them decimals; as text or as a JSON number. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError("not a number")
    text = value.strip() if isinstance(value, str) else format(Decimal(str(value)), "f")
    if not _AMOUNT.fullmatch(text):
        raise ValueError("negative, not a number, or with more than two decimals")
    try:
        return Decimal(text)
    except InvalidOperation as failure:
        raise ValueError("not a number") from failure
