"""How long a run will take, from what was measured in this workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import NamedTuple

MEASURED_RUNS = 20
FEWEST_RUNS = 3
_SMOOTHING = 2 / (MEASURED_RUNS + 1)
_DEFAULT_SECONDS = 0.1
_SHARE_PER_LEVEL = 0.1


class MeasuredRun(NamedTuple):
    strings: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Estimate:
    seconds: float
    basis: str

    @property
    def text(self) -> str:
        return duration_text(self.seconds)


def estimate(affected: int, levels: int, *, runs: Sequence[MeasuredRun] = ()) -> Estimate:
    """`runs` are finished runs of the same processing method, oldest first; only the last 20 with a speed count."""
    speeds = [run.strings / run.seconds for run in runs if run.strings > 0 and run.seconds > 0][-MEASURED_RUNS:]
    if len(speeds) < FEWEST_RUNS:
        return Estimate(affected * _DEFAULT_SECONDS * (1 + _SHARE_PER_LEVEL * levels), "default")
    return Estimate(affected / _moving_average(speeds), "measured")


def duration_text(seconds: float) -> str:
    """`5.6s` below a minute, else `1m 18s`; halves are rounded up, before the form is chosen."""
    tenths = floor(seconds * 10 + 0.5)
    if tenths < 600:
        return f"{tenths / 10:.1f}s"
    minutes, rest = divmod(floor(seconds + 0.5), 60)
    return f"{minutes}m {rest}s"


def _moving_average(speeds: Sequence[float]) -> float:
    """Exponential, with the usual weight 2 / (n + 1) of a window of n, normalised over few runs."""
    weights = [(1 - _SMOOTHING) ** age for age in reversed(range(len(speeds)))]
    return sum(weight * speed for weight, speed in zip(weights, speeds, strict=True)) / sum(weights)
