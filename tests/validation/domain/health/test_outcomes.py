"""How operations end, and what their counted durations say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.health.outcomes import BUCKETS, Outcome, bucket_of, outcome_of, percentile


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (201, None, Outcome.ACCEPTED),
        (304, None, Outcome.ACCEPTED),
        (422, "insufficient_xp", Outcome.REFUSED),
        (409, "already_processed", Outcome.REFUSED),
        (409, "locked", Outcome.FAILED),
        (500, "internal_error", Outcome.FAILED),
        (503, "timeout", Outcome.FAILED),
    ],
)
def test_a_rule_that_refuses_is_no_failure(status: int, code: str | None, outcome: Outcome) -> None:
    assert outcome_of(status, code) is outcome


def counted(*milliseconds: float) -> list[int]:
    counts = [0] * (len(BUCKETS) + 1)
    for each in milliseconds:
        counts[bucket_of(each)] += 1
    return counts


def test_percentiles_are_read_off_buckets() -> None:
    assert percentile(counted(), 0.95) is None
    assert percentile(counted(5), 0.95) == 4.75
    assert percentile(counted(*[150] * 19, 600), 0.95) == 150
    assert percentile(counted(*[150] * 18, 600, 700), 0.95) == 625
    assert percentile(counted(9_000), 0.5) == 5_000


@given(st.lists(st.floats(0, 10_000), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_percentile_lies_in_the_bucket_of_its_duration(milliseconds: list[float], share: float) -> None:
    told = percentile(counted(*milliseconds), share)
    rank = next(place for place in range(1, len(milliseconds) + 1) if place >= share * len(milliseconds) - 1e-9)
    right = sorted(milliseconds)[rank - 1]
    assert told is not None
    assert abs(bucket_of(told) - min(bucket_of(right), len(BUCKETS) - 1)) <= 1
