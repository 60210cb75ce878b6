"""When the stores of a company are told by themselves that something changed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def times_of_day(*, sync_times: Sequence[time], interval_hours: int) -> list[time]:
    """The due local times of a day, ascending: those given, else every so many hours from midnight."""
    return sorted(set(sync_times)) or [time(hour) for hour in range(0, 24, interval_hours)]


def next_due(after: datetime, times: Sequence[time], *, time_zone: str) -> datetime:
    """The first due moment later than `after`, in UTC. `times` is not empty.

    A local time that a change of the clocks skips falls on the next that exists; one that comes twice counts once.
    """
    zone = ZoneInfo(time_zone)
    day = after.astimezone(zone).date()
    moments = (_instant(day + timedelta(days=ahead), each, zone) for ahead in (0, 1, 2) for each in times)
    return min(moment for moment in moments if moment > after)


def _instant(day: date, local: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, local.replace(tzinfo=None), zone).astimezone(UTC)
