"""Until when a month's attendance may still be approved."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def cutoff(event_at: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """The first moment, in UTC, at which the event's month is closed.

    That is the end of the day that lies `days` after the last day of the month, all in the tenant's zone: of an event
    of October with three days, the midnight that ends the 3rd of November.
    """
    next_month = (event_at.astimezone(zone).date().replace(day=1) + timedelta(days=31)).replace(day=1)
    # Day `days` after the last of the month ends where the day after it starts.
    closed = next_month + timedelta(days=days)
    return datetime.combine(closed, time(), tzinfo=zone).astimezone(UTC)


def is_closed(event_at: datetime, zone: ZoneInfo, *, days: int, now: datetime) -> bool:
    return now >= cutoff(event_at, zone, days=days)
