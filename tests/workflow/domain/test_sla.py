from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.sla import deadline, hours_between, is_overdue

MADE = datetime(2026, 11, 20, 8, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_the_due_time_decides_and_the_agreed_hours_without_one() -> None:
    assert deadline(due_at=DUE, created_at=MADE, sla_hours=24) == DUE
    assert deadline(due_at=None, created_at=MADE, sla_hours=24) == MADE + timedelta(days=1)


@pytest.mark.parametrize(("due_at", "end"), [(DUE, DUE), (None, MADE + timedelta(hours=2))])
def test_overdue_is_past_the_deadline(due_at: datetime | None, end: datetime) -> None:
    assert not is_overdue(due_at=due_at, created_at=MADE, sla_hours=2, now=end)
    assert is_overdue(due_at=due_at, created_at=MADE, sla_hours=2, now=end + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("seconds", "hours"), [(0, "0.00"), (18, "0.01"), (17.99, "0.00"), (3600, "1.00"), (5418, "1.51"), (-60, "0.00")]
)
def test_hours_have_two_places_rounded_half_away_from_zero(seconds: float, hours: str) -> None:
    assert str(hours_between(MADE, MADE + timedelta(seconds=seconds))) == hours


@given(st.integers(0, 10**14))
def test_hours_are_within_half_a_hundredth(microseconds: int) -> None:
    spent = hours_between(MADE, MADE + timedelta(microseconds=microseconds))
    assert abs(spent - Decimal(microseconds) / 3_600_000_000) <= Decimal("0.005")
