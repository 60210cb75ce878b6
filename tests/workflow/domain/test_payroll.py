from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.payroll import cutoff, is_closed

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
ZONES = st.sampled_from([BERLIN, KOLKATA, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Auckland"), ZoneInfo("UTC")])
MOMENTS = st.integers(946_684_800, 2_114_380_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


def test_october_may_be_approved_until_the_3rd_of_november_ends() -> None:
    end = datetime(2026, 11, 4, tzinfo=BERLIN)
    assert cutoff(OCTOBER, BERLIN, days=3) == end
    assert not is_closed(OCTOBER, BERLIN, days=3, now=end - timedelta(microseconds=1))
    assert is_closed(OCTOBER, BERLIN, days=3, now=end)


@pytest.mark.parametrize(
    ("event", "days", "first_closed_day"),
    [
        ("2026-12-31T12:00", 3, date(2027, 1, 4)),
        ("2026-02-01T12:00", 0, date(2026, 3, 1)),
        ("2028-02-29T12:00", 1, date(2028, 3, 2)),
        ("2026-01-15T12:00", 31, date(2026, 3, 4)),
    ],
)
def test_lengths_of_months(event: str, days: int, first_closed_day: date) -> None:
    moment = datetime.fromisoformat(event).replace(tzinfo=KOLKATA)
    assert cutoff(moment, KOLKATA, days=days).astimezone(KOLKATA).date() == first_closed_day


def test_the_month_is_that_of_the_tenants_calendar() -> None:
    last_evening_in_utc = datetime(2026, 10, 31, 20, tzinfo=UTC)  # half past one on the 1st of November in Kolkata
    assert cutoff(last_evening_in_utc, KOLKATA, days=3) == datetime(2026, 12, 4, tzinfo=KOLKATA)
    assert cutoff(last_evening_in_utc, BERLIN, days=3) == datetime(2026, 11, 4, tzinfo=BERLIN)


def test_a_midnight_that_a_change_of_the_clock_leaves_out() -> None:
    """In Sao Paulo the 4th of November 2018 began at one."""
    zone = ZoneInfo("America/Sao_Paulo")
    assert cutoff(datetime(2018, 10, 5, tzinfo=UTC), zone, days=3) == datetime(2018, 11, 4, 3, tzinfo=UTC)


@given(MOMENTS, ZONES, st.integers(0, 31))
def test_the_cutoff_ends_the_day_that_lies_so_many_days_after_the_month(
    event: datetime, zone: ZoneInfo, days: int
) -> None:
    end = cutoff(event, zone, days=days)
    last_open_day = (end - timedelta(microseconds=1)).astimezone(zone).date()
    month = event.astimezone(zone).date().replace(day=1)
    last_of_month = last_open_day - timedelta(days=days)
    assert (last_of_month.year, last_of_month.month) == (month.year, month.month)
    assert (last_of_month + timedelta(days=1)).day == 1
    assert end.astimezone(zone).date() == last_open_day + timedelta(days=1)
