"""Uploaded uses of promotions: what one row must be before the database is asked whether its promotion exists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.sync.domain.promotions.reading import as_amount, as_instant, as_uuid

MAX_ROWS: Final = 1000
MAX_AHEAD: Final = timedelta(minutes=5)
MAX_BILL_LENGTH: Final = 100
REQUIRED: Final = ("promotion_id", "bill_id", "discount_amount", "used_at", "store_id")


@dataclass(frozen=True, slots=True)
class Usage:
    """One use. `clock_suspect` where the till's clock was ahead by more than five minutes."""

    index: int
    promotion_id: UUID
    bill_id: str
    discount_amount: Decimal
    used_at: datetime
    store_id: UUID
    customer_id: str | None
    clock_suspect: bool

    @property
    def key(self) -> tuple[UUID, str, UUID]:
        return self.store_id, self.bill_id, self.promotion_id


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row was not stored; `data` is the row as it came."""

    index: int
    data: Any
    code: str
    error: str


def read_rows(rows: list[Any], *, now: datetime) -> tuple[list[Usage], list[RowError]]:
    """What can be stored as far as the rows themselves tell, and what cannot, both in the order sent."""
    good: list[Usage] = []
    bad: list[RowError] = []
    for index, row in enumerate(rows):
        found = read_row(row, index, now=now)
        if isinstance(found, Usage):
            good.append(found)
        else:
            bad.append(found)
    return good, bad


def read_row(row: Any, index: int, *, now: datetime) -> Usage | RowError:
    if not isinstance(row, dict):
        return RowError(index, row, "INVALID_ROW", "A usage is an object.")
    for name in REQUIRED:
        if row.get(name) in (None, ""):
            return RowError(index, row, "MISSING_FIELD", f"{name} is missing.")
    try:
        return _usage(row, index, now=now)
    except _Wrong as wrong:
        return RowError(index, row, wrong.code, wrong.text)


class _Wrong(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def _usage(row: dict[str, Any], index: int, *, now: datetime) -> Usage:
    promotion_id, store_id = (_id(row, name) for name in ("promotion_id", "store_id"))
    try:
        discount = as_amount(row["discount_amount"])
    except ValueError as failure:
        raise _Wrong("INVALID_AMOUNT", f"discount_amount is {failure}.") from failure
    try:
        used_at = as_instant(row["used_at"])
    except ValueError as failure:
        raise _Wrong("INVALID_DATE_FORMAT", "used_at is neither a date nor an ISO 8601 time.") from failure
    return Usage(
        index=index,
        promotion_id=promotion_id,
        bill_id=_text(row["bill_id"], "bill_id"),
        discount_amount=discount,
        used_at=used_at,
        store_id=store_id,
        customer_id=None if row.get("customer_id") is None else _text(row["customer_id"], "customer_id"),
        clock_suspect=used_at > now + MAX_AHEAD,
    )


def _id(row: dict[str, Any], name: str) -> UUID:
    try:
        return as_uuid(row[name])
    except ValueError as failure:
        raise _Wrong("INVALID_UUID", f"{name} is not a UUID.") from failure


def _text(value: Any, name: str) -> str:
    """Bills and customers are named by the till: a number will do as well as a text."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _Wrong("INVALID_ROW", f"{name} is no text.")
    text = str(value)
    if len(text) > MAX_BILL_LENGTH or "\0" in text:
        raise _Wrong("INVALID_ROW", f"{name} is too long, or holds a character that cannot be stored.")
    return text
