"""Trend and anomalies of a metric."""

from datetime import UTC, datetime, timedelta

import pytest

from services.validation.domain.health.history import Judgement, Point, band, judge, slope_per_day

START = datetime(2024, 1, 1, tzinfo=UTC)


def points(*values: float, days: float = 1) -> list[Point]:
    return [Point(START + timedelta(days=days * place), value) for place, value in enumerate(values)]


@pytest.mark.parametrize(
    ("before", "value", "judgement"),
    [
        ([100, 100, 100], 0, Judgement.LEARNING),
        ([100, 100, 100, 100], 97, Judgement.NORMAL),  # one unit, three times
        ([100, 100, 100, 100], 96.9, Judgement.ANOMALY),
        ([1000] * 4, 970, Judgement.NORMAL),  # 1 % of the median, three times
        ([1000] * 4, 969, Judgement.ANOMALY),
        ([0, 10, 20, 30, 40], 64.4, Judgement.NORMAL),  # 1.4826 x 10, three times, around 20
        ([0, 10, 20, 30, 40], 64.5, Judgement.ANOMALY),
        ([5000] * 10 + [1] * 30, 5000, Judgement.ANOMALY),  # only the last 30 are asked
    ],
)
def test_a_point_far_from_the_median_is_an_anomaly(before: list[float], value: float, judgement: Judgement) -> None:
    assert judge(before, value) is judgement


def test_one_wild_point_does_not_widen_the_band() -> None:
    assert band([10, 10, 10, 10, 9000]) == band([10, 10, 10, 10])


def test_slope_is_per_day_of_the_last_30_days() -> None:
    assert slope_per_day(points(1, 3, 5)) == pytest.approx(2)
    assert slope_per_day(points(10, 9, 8, days=0.5)) == pytest.approx(-2)
    assert slope_per_day([Point(START - timedelta(days=40), 900), *points(1, 2, 3)]) == pytest.approx(1)
    assert slope_per_day(points(1)) is None
    assert slope_per_day([]) is None
