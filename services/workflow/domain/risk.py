"""How alarming a refused attempt is, from 0 to 100."""

from collections.abc import Iterable
from dataclasses import dataclass

REFUSED = 20
GRAVE = frozenset({"delete", "cancel", "lock", "export"})
MANY_ITEMS = 100


@dataclass(frozen=True, slots=True)
class Risk:
    score: int

    @property
    def level(self) -> str:
        return next(level for below, level in _LEVELS if self.score < below)

    @property
    def suspicious(self) -> bool:
        return self.score >= 50


_LEVELS = ((25, "LOW"), (50, "MEDIUM"), (75, "HIGH"), (101, "CRITICAL"))


def risk_of(required: Iterable[str], *, recent: int, items: int = 1) -> Risk:
    """`required` are permissions, which end in their verb (`workorder.cancel`); `recent` counts this person's denials
    of the last ten minutes, this one included."""
    score = REFUSED
    score += 20 if any(permission.rpartition(".")[2] in GRAVE for permission in required) else 0
    score += 15 if recent >= 3 else 0
    score += 30 if recent >= 10 else 0
    score += 15 if items > MANY_ITEMS else 0
    return Risk(min(score, 100))
