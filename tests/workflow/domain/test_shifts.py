from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.shifts import Shift

BERLIN, KOLKATA, LOS_ANGELES = (ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"))
EARLY = Shift(time(6), time(14))
NIGHT = Shift(time(22), time(6))
ZONES = st.sampled_from([BERLIN, KOLKATA, LOS_ANGELES, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Havana")])
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def local(zone: ZoneInfo, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize("clock", ["05:00", "06:00", "10:00", "14:00", "15:00"])
def test_an_hour_on_either_side_is_allowed(clock: str) -> None:
    assert EARLY.covers(local(KOLKATA, f"2026-10-10T{clock}"), KOLKATA)


@pytest.mark.parametrize("clock", ["04:59:59", "15:00:01", "00:00", "23:00"])
def test_more_than_an_hour_is_outside(clock: str) -> None:
    assert not EARLY.covers(local(KOLKATA, f"2026-10-10T{clock}"), KOLKATA)


@pytest.mark.parametrize("clock", ["21:00", "22:30", "00:00", "05:59", "07:00"])
def test_a_shift_over_midnight(clock: str) -> None:
    assert NIGHT.is_overnight
    assert NIGHT.covers(local(BERLIN, f"2026-10-10T{clock}"), BERLIN)


@pytest.mark.parametrize("clock", ["20:59:59", "07:00:01", "12:00"])
def test_outside_of_a_shift_over_midnight(clock: str) -> None:
    assert not NIGHT.covers(local(BERLIN, f"2026-10-10T{clock}"), BERLIN)


def test_the_hour_of_grace_reaches_over_midnight() -> None:
    assert Shift(time(0, 30), time(8)).covers(local(BERLIN, "2026-10-10T23:45"), BERLIN)
    assert Shift(time(16), time(23, 30)).covers(local(BERLIN, "2026-10-11T00:15"), BERLIN)


def test_an_end_at_the_start_is_a_day_later() -> None:
    assert Shift(time(8), time(8)).covers(local(BERLIN, "2026-10-11T03:00"), BERLIN)


def test_times_are_the_tenants_not_utc() -> None:
    assert EARLY.covers(datetime(2026, 10, 10, 23, 30, tzinfo=UTC), KOLKATA)  # five in the morning there
    assert not EARLY.covers(datetime(2026, 10, 10, 23, 30, tzinfo=UTC), BERLIN)


def test_a_night_in_which_the_clock_changes() -> None:
    back, forth = date(2026, 10, 24), date(2026, 3, 28)
    assert [end - start for start, end in (NIGHT.span(day, BERLIN) for day in (back, forth))] == [
        timedelta(hours=9),
        timedelta(hours=7),
    ]


def test_local_times_that_occur_twice_or_never() -> None:
    twice = Shift(time(2, 30), time(2, 45)).span(date(2026, 10, 25), BERLIN)
    assert twice == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 45, tzinfo=UTC))
    never = Shift(time(2, 30), time(2, 45)).span(date(2026, 3, 29), BERLIN)
    assert never == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 45, tzinfo=UTC))


@given(TIMES, TIMES, ZONES, st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.floats(0, 1))
def test_every_moment_of_a_shift_is_covered(start: time, end: time, zone: ZoneInfo, day: date, share: float) -> None:
    shift = Shift(start, end)
    begins, ends = shift.span(day, zone)
    assert begins <= ends
    moment = begins + (ends - begins) * share
    assert shift.covers(moment, zone)
    assert shift.covers(begins - timedelta(hours=1), zone)
    assert shift.covers(ends + timedelta(hours=1), zone)
