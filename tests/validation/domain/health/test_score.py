"""The score, in the numbers that it is promised in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.health.score import mean, rate, score


@pytest.mark.parametrize(
    ("issues", "approval_rate", "awaiting", "value", "status"),
    [
        (0, None, 0, 100, "healthy"),
        (0, "80", 0, 100, "healthy"),
        (0, "79.99", 0, 90, "healthy"),
        (1, "80", 0, 95, "healthy"),
        (2, "80", 0, 90, "healthy"),
        (3, "80", 0, 85, "degraded"),
        (10, "80", 0, 50, "degraded"),
        (4000, "80", 0, 50, "degraded"),
        (10, "50", 11, 30, "degraded"),
        (0, None, 10, 100, "healthy"),
        (0, None, 11, 90, "healthy"),
    ],
)
def test_what_costs_points(issues: int, approval_rate: str | None, awaiting: int, value: int, status: str) -> None:
    found = score(issues=issues, approval_rate=Decimal(approval_rate) if approval_rate else None, awaiting=awaiting)
    assert (found.value, found.status) == (value, status)
    assert 100 - sum(deduction.points for deduction in found.deductions) == value


@given(st.integers(0, 10**9), st.none() | st.decimals(0, 100, places=2), st.integers(0, 10**9))
def test_more_trouble_never_raises_the_score(issues: int, approval_rate: Decimal | None, awaiting: int) -> None:
    found = score(issues=issues, approval_rate=approval_rate, awaiting=awaiting)
    assert 0 <= found.value <= 100
    worse = score(issues=issues + 1, approval_rate=approval_rate, awaiting=awaiting + 1)
    assert worse.value <= found.value


def test_rates_and_means_have_two_decimals() -> None:
    assert rate(2, 3) == Decimal("66.67")
    assert rate(1, 8) == Decimal("12.50")
    assert rate(799_995, 1_000_000) == Decimal("80.00")
    assert rate(0, 0) is None
    assert (mean(10, 4), mean(0, 0)) == (Decimal("2.50"), Decimal("0.00"))
