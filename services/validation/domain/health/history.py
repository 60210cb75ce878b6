"""What a metric's own past says about its newest point: how it moves, and whether it is out of the ordinary.

The spread is the median absolute deviation, scaled to the standard deviation of a normal distribution (Hampel 1974),
so that a few wild points do not hide the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

LOOKS_BACK: Final = 30
FEWEST: Final = 4
TIMES_SPREAD: Final = 3
MAD_TO_DEVIATION: Final = 1.4826
SHARE_OF_MEDIAN: Final = 0.01
ONE_UNIT: Final = 1.0
SLOPE_DAYS: Final = timedelta(days=30)


class Judgement(StrEnum):
    LEARNING = "learning"
    NORMAL = "normal"
    ANOMALY = "anomaly"


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Band:
    """Where a point is expected to lie: `middle` plus or minus three times the spread."""

    middle: float
    spread: float

    @property
    def reach(self) -> float:
        return TIMES_SPREAD * self.spread

    def holds(self, value: float) -> bool:
        return abs(value - self.middle) <= self.reach


def band(values: Sequence[float]) -> Band | None:
    """From the last 30 values; None while there are too few to know."""
    known = values[-LOOKS_BACK:]
    if len(known) < FEWEST:
        return None
    middle = median(known)
    deviation = median(abs(value - middle) for value in known)
    return Band(middle, max(MAD_TO_DEVIATION * deviation, SHARE_OF_MEDIAN * abs(middle), ONE_UNIT))


def judge(before: Sequence[float], value: float) -> Judgement:
    """A new value against those recorded before it, oldest first."""
    expected = band(before)
    if expected is None:
        return Judgement.LEARNING
    return Judgement.NORMAL if expected.holds(value) else Judgement.ANOMALY


def slope_per_day(points: Sequence[Point]) -> float | None:
    """Of the line through the last 30 days of points (least squares); None unless there are two different times."""
    if not points:
        return None
    newest = max(point.at for point in points)
    known = [point for point in points if newest - point.at <= SLOPE_DAYS]
    days = [(point.at - newest) / timedelta(days=1) for point in known]
    middle_day = sum(days) / len(known)
    middle_value = sum(point.value for point in known) / len(known)
    width = sum((day - middle_day) ** 2 for day in days)
    if width == 0:
        return None
    product = sum((day - middle_day) * (point.value - middle_value) for day, point in zip(days, known, strict=True))
    return product / width
