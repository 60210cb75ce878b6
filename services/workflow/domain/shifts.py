"""Whether an event fits a shift: local times of the tenant, held against the shift of the day before, of and after."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GRACE = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """An end at or before the start lies on the next day."""

    start: time
    end: time

    @property
    def is_overnight(self) -> bool:
        return self.end <= self.start

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether the moment is at most an hour before the start or after the end."""
        day = moment.astimezone(zone).date()
        spans = (self.span(day + timedelta(days=offset), zone) for offset in (-1, 0, 1))
        return any(start - GRACE <= moment <= end + GRACE for start, end in spans)

    def span(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Start and end, in UTC, of the shift that starts on this local day.

        A local time that a change of the clock leaves out counts as if the clock had not changed yet; of one that
        occurs twice, a start is the first and an end the second.
        """
        end_day = day + _DAY if self.is_overnight else day
        start, _ = _instants(day, self.start, zone)
        return start, max(_instants(end_day, self.end, zone))


def _instants(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What a local time means before and after a change of the clock; on any other day the same."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
