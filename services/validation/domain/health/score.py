"""The health score: one whole number from 100 down to 0, with the reasons for what it lacks."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

PERFECT: Final = 100
HEALTHY_FROM: Final = 90
POINTS_PER_ISSUE: Final = 5
MOST_FOR_ISSUES: Final = 50
LOW_RATE: Final = Decimal(80)
POINTS_FOR_RATE: Final = 10
MOST_AWAITING: Final = 10
POINTS_FOR_BACKLOG: Final = 10
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Deduction:
    """What the score lost, and why."""

    reason: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    value: int
    deductions: tuple[Deduction, ...]

    @property
    def is_healthy(self) -> bool:
        return self.value >= HEALTHY_FROM

    @property
    def status(self) -> str:
        return "healthy" if self.is_healthy else "degraded"


def rate(part: int, whole: int) -> Decimal | None:
    """Percentage with two decimals, rounded half away from zero; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(_CENT, ROUND_HALF_UP) if whole else None


def mean(total: int, number: int) -> Decimal:
    """With two decimals; 0 of nothing."""
    return (Decimal(total) / number if number else Decimal(0)).quantize(_CENT, ROUND_HALF_UP)


def score(*, issues: int, approval_rate: Decimal | None, awaiting: int) -> Score:
    """`issues` in the units of the checks; `awaiting` are finished scenes whose XP has not been given."""
    found = []
    if issues:
        points = min(POINTS_PER_ISSUE * issues, MOST_FOR_ISSUES)
        found.append(Deduction(f"{issues} integrity issue{'s' if issues > 1 else ''}", points))
    if approval_rate is not None and approval_rate < LOW_RATE:
        found.append(Deduction(f"approval rate of {approval_rate} % is below {LOW_RATE} %", POINTS_FOR_RATE))
    if awaiting > MOST_AWAITING:
        found.append(Deduction(f"{awaiting} scenes await their XP", POINTS_FOR_BACKLOG))
    return Score(max(0, PERFECT - sum(deduction.points for deduction in found)), tuple(found))
