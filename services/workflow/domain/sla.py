"""When a task is late, and how long it took."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

_HUNDREDTHS = Decimal("0.01")
_MICROSECONDS_PER_HOUR = 3_600_000_000


def deadline(*, due_at: datetime | None, created_at: datetime, sla_hours: int) -> datetime:
    """The due time or, without one, the creation plus the agreed hours."""
    return due_at if due_at is not None else created_at + timedelta(hours=sla_hours)


def is_overdue(*, due_at: datetime | None, created_at: datetime, sla_hours: int, now: datetime) -> bool:
    """Past the deadline; at the deadline itself a task is still in time."""
    return now > deadline(due_at=due_at, created_at=created_at, sla_hours=sla_hours)


def hours_between(start: datetime, end: datetime) -> Decimal:
    """Hours with two places, rounded half away from zero; an end before the start counts as none."""
    spent = max(end - start, timedelta()) // timedelta(microseconds=1)
    return (Decimal(spent) / _MICROSECONDS_PER_HOUR).quantize(_HUNDREDTHS, ROUND_HALF_UP)
