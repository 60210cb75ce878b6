"""Which promotions count on a day, by strategy; and who may override which setting."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.promotions.schedule import next_due, times_of_day
from services.sync.domain.promotions.settings import OVERRIDABLE, SyncSettings, effective
from services.sync.domain.promotions.windows import STRATEGIES, local_date, window

TODAY = date(2026, 3, 10)
DAYS = st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days))


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


@pytest.mark.parametrize(("start", "end", "holds"), [(7, 9, True), (8, 9, False), (-9, -1, True), (-9, -2, False)])
def test_both_bounds_are_inclusive(start: int, end: int, holds: bool) -> None:
    assert window("include_future", TODAY, future_days=7, past_days=1).holds(day(start), day(end)) is holds


@given(DAYS, DAYS)
def test_no_days_ahead_or_back_are_today_only(start: date, end: date) -> None:
    today = window("current_only", TODAY, future_days=90, past_days=30)
    assert today.holds(start, end) == (start <= TODAY <= end)
    assert window("include_future", TODAY, future_days=0, past_days=0) == today
    assert window("all_active", TODAY, future_days=1, past_days=1).holds(start, end)


@given(DAYS, DAYS, st.integers(0, 90), st.integers(0, 30), st.sampled_from(STRATEGIES))
def test_a_wider_window_loses_nothing(start: date, end: date, future: int, past: int, strategy: str) -> None:
    narrow = window("current_only", TODAY, future_days=0, past_days=0)
    wide = window(strategy, TODAY, future_days=future, past_days=past)  # type: ignore[arg-type]
    assert wide.holds(start, end) or not narrow.holds(start, end)


def test_today_depends_on_the_place() -> None:
    evening = datetime(2026, 3, 10, 20, tzinfo=UTC)
    assert local_date(evening, "Asia/Jakarta") == date(2026, 3, 11)
    assert local_date(evening, "America/Lima") == date(2026, 3, 10)
    with pytest.raises(ZoneInfoNotFoundError):
        local_date(evening, "Mars/Olympus")


def test_store_before_brand_before_company() -> None:
    company = SyncSettings(future_days=3, past_days=2)
    found, origins = effective(
        company,
        brand={"future_days": 5, "include_inactive": True, "sync_interval_hours": 1},
        store={"future_days": 0, "enable_compression": False, "include_inactive": None},
    )
    assert found == company.with_values({"future_days": 0, "include_inactive": True, "enable_compression": False})
    assert [origins[name] for name in ("future_days", "include_inactive", "past_days")] == ["store", "brand", "company"]
    assert origins["sync_interval_hours"] == "company"
    assert set(OVERRIDABLE) < origins.keys()


def test_descriptions() -> None:
    settings = SyncSettings()
    assert settings.description == "Promotions valid from 1 days ago to 7 days ahead"
    today = settings.with_values({"sync_strategy": "current_only", "include_inactive": True})
    assert today.description == "Promotions valid today only, inactive ones included"


def test_due_times_follow_the_clock_on_the_wall() -> None:
    assert [each.hour for each in times_of_day(sync_times=[], interval_hours=7)] == [0, 7, 14, 21]
    times = times_of_day(sync_times=[time(2, 30)], interval_hours=6)
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    # On the 29th the clocks of Berlin skip from 02:00 to 03:00.
    first = next_due(before, times, time_zone="Europe/Berlin")
    assert first == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert next_due(first, times, time_zone="Europe/Berlin") == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
