"""Time that counts: every hour, or the working hours of a tenant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2999
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Span = tuple[time, time]


def is_countable(moment: datetime) -> bool:
    """Whether months and years can be added to it without leaving the calendar."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


class Counted(Protocol):
    def later(self, moment: datetime, seconds: float) -> datetime:
        """When so many counted seconds will have passed."""
        ...

    def between(self, start: datetime, end: datetime) -> float:
        """Counted seconds from `start` to `end`; 0 for an end before the start."""
        ...


@dataclass(frozen=True, slots=True)
class CalendarTime:
    """Every second counts."""

    def later(self, moment: datetime, seconds: float) -> datetime:
        return moment + timedelta(seconds=max(seconds, 0.0))

    def between(self, start: datetime, end: datetime) -> float:
        return max((end - start).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """`days` are the spans of each weekday from Monday on, in order and apart; an end of 00:00 is that midnight.

    At least one day has a span, or nothing would ever be due.
    """

    zone: ZoneInfo
    days: Sequence[Sequence[Span]]

    @classmethod
    def of(cls, zone: ZoneInfo, hours: Mapping[str, Sequence[Sequence[str]]]) -> "WorkingTime":
        """From weekday to spans such as `["09:00", "17:30"]`; a weekday that is not there is free."""
        days = [
            [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours.get(day, ())]
            for day in WEEKDAYS
        ]
        return cls(zone, days)

    def later(self, moment: datetime, seconds: float) -> datetime:
        left = timedelta(seconds=seconds)
        if left <= timedelta():
            return moment
        for start, end in self._spans(moment):
            if left <= end - start:
                return start + left
            left -= end - start
        raise AssertionError("spans never end")

    def between(self, start: datetime, end: datetime) -> float:
        total = timedelta()
        for span_start, span_end in self._spans(start):
            if span_start >= end:
                break
            total += min(span_end, end) - span_start
        return total.total_seconds()

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Instants from `moment` on, without end."""
        day = moment.astimezone(self.zone).date()
        while True:
            for start, end in self.days[day.weekday()]:
                opens = max(self._instant(day, start), moment)
                closes = self._instant(day if end > start else day + timedelta(days=1), end)
                if opens < closes:
                    yield opens, closes
            day += timedelta(days=1)

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)
