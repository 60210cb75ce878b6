"""When an alert is told: once when it opens, again when it gets worse or stays for long, once when it is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.validation.domain.health.thresholds import USUAL, Alarms, Breach, Group, Severity, Threshold

USUAL_HOURS: Final = 24


class State(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    RESOLVED = "resolved"


LIVE: Final = (State.OPEN, State.ACKNOWLEDGED, State.MUTED)


class News(StrEnum):
    """What is told of an alert, if anything."""

    OPENED = "opened"
    WORSE = "worse"
    REPEATED = "repeated"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as it was before this judgement."""

    severity: Severity
    state: State
    told_at: datetime
    muted_until: datetime | None = None

    def is_muted(self, now: datetime) -> bool:
        return self.state is State.MUTED and self.muted_until is not None and now < self.muted_until


def grouped(breaches: Iterable[Breach]) -> dict[Group, list[Breach]]:
    """Breaches that belong to one alert, the groups in their order."""
    found: dict[Group, list[Breach]] = {}
    for breach in breaches:
        found.setdefault(breach.group, []).append(breach)
    return {group: found[group] for group in Group if group in found}


def worst(breaches: Sequence[Breach]) -> Severity:
    return Severity.CRITICAL if any(each.severity is Severity.CRITICAL for each in breaches) else Severity.WARNING


def window_of(breaches: Sequence[Breach], limits: Mapping[str, Threshold]) -> timedelta:
    """After which an alert with these is told again: the shortest window of their metrics."""
    hours = [limits[each.metric].window_hours for each in breaches if each.metric in limits]
    return timedelta(hours=min(hours, default=USUAL_HOURS))


def news(before: Standing | None, breaches: Sequence[Breach], *, now: datetime, window: timedelta) -> News | None:
    """What this judgement makes known of a group.

    A muted alert is silent until its time, but for what gets worse and for its end. An acknowledged one is not
    repeated: somebody has it.
    """
    if before is None:
        return News.OPENED if breaches else None
    if not breaches:
        return News.RECOVERED
    if worst(breaches).is_worse_than(before.severity):
        return News.WORSE
    if before.is_muted(now) or before.state is State.ACKNOWLEDGED:
        return None
    return News.REPEATED if now - before.told_at >= window else None


def has_more(before: Mapping[str, float], breaches: Iterable[Breach]) -> bool:
    """Something alarms that did not before, or alarms more; `before` are metrics with their figures."""
    return any(each.metric not in before or _is_worse(each, before[each.metric]) for each in breaches)


def _is_worse(breach: Breach, before: float) -> bool:
    known = USUAL.get(breach.metric)
    is_less = known is not None and known.alarms is Alarms.BELOW
    return float(breach.value) < before if is_less else float(breach.value) > before


def needs_ticket(group_breaches: Sequence[Breach]) -> bool:
    """A person is asked where the score alarms or the matter is critical."""
    is_score = any(breach.metric == "health_score" for breach in group_breaches)
    return is_score or worst(group_breaches) is Severity.CRITICAL


def silent(breaches: Mapping[Group, Sequence[Breach]], standing: Iterable[Group]) -> list[Group]:
    """Groups with an alert in which everything is normal again."""
    return [group for group in standing if not breaches.get(group)]
