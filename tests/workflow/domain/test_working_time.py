from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.working_time import WEEKDAYS, CalendarTime, WorkingTime

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkingTime.of(BERLIN, {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in WEEKDAYS[:5]})
NIGHTS = WorkingTime.of(BERLIN, {"saturday": [["22:00", "00:00"]], "sunday": [["00:00", "06:00"]]})
MOMENTS = st.integers(1_500_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
COUNTED = st.sampled_from([OFFICE, NIGHTS, CalendarTime()])


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20T09:00", 3, "2026-11-20T12:00"),
        ("2026-11-20T09:00", 4, "2026-11-20T14:00"),
        ("2026-11-20T17:00", 2, "2026-11-23T10:00"),  # over a weekend
        ("2026-11-21T11:00", 1, "2026-11-23T10:00"),  # from within one
        ("2026-11-20T09:00", 40, "2026-11-26T18:00"),
        ("2026-11-20T12:30", 0, "2026-11-20T12:30"),
    ],
)
def test_working_hours_are_counted(start: str, hours: float, end: str) -> None:
    assert OFFICE.later(berlin(start), hours * 3600) == berlin(end)


def test_an_end_at_midnight_closes_the_day_and_a_change_of_the_clock_lengthens_a_night() -> None:
    assert NIGHTS.between(berlin("2026-10-24T12:00"), berlin("2026-10-25T12:00")) == 9 * 3600
    assert NIGHTS.between(berlin("2026-11-21T12:00"), berlin("2026-11-22T12:00")) == 8 * 3600


def test_every_second_of_the_calendar_counts() -> None:
    noon = berlin("2026-10-24T12:00")
    assert CalendarTime().later(noon, 86_400) == noon + timedelta(days=1)
    assert CalendarTime().between(noon, noon - timedelta(hours=1)) == 0.0


@given(COUNTED, MOMENTS, st.integers(1, 300 * 3600))
def test_later_and_between_are_inverse(time: WorkingTime | CalendarTime, start: datetime, seconds: int) -> None:
    end = time.later(start, seconds)
    assert time.between(start, end) == seconds
    assert time.between(start, end - timedelta(microseconds=1)) < seconds


@given(COUNTED, MOMENTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_time_adds_up(time: WorkingTime | CalendarTime, start: datetime, first: int, second: int) -> None:
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    assert time.between(start, middle) + time.between(middle, end) == time.between(start, end)
