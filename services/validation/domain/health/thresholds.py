"""Which figures of the last 24 hours alarm. A tenant has these limits as rows of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

# Rates say nothing of fewer attempts.
FEWEST_ATTEMPTS: Final = 20
CRITICAL_SCORE: Final = 50


class Severity(StrEnum):
    WARNING = "warning"
    CRITICAL = "critical"

    def is_worse_than(self, other: "Severity") -> bool:
        return self is Severity.CRITICAL and other is Severity.WARNING


class Group(StrEnum):
    """Breaches of one group are one alert."""

    INTEGRITY = "integrity"
    ACTIVITY = "activity"
    PERFORMANCE = "performance"
    CONSTRAINTS = "constraints"


class Alarms(StrEnum):
    """On which side of the limit a figure alarms."""

    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """`needs_attempts`: a rate, which alarms only where there were enough of what it is a rate of. `window_hours`: an
    alert that stays is told again after so many."""

    metric: str
    target: Decimal
    alert: Decimal
    alarms: Alarms
    group: Group
    action: str
    unit: str = ""
    needs_attempts: bool = False
    window_hours: int = 24
    anomaly_alert: bool = False
    active: bool = True

    def is_breached(self, value: Decimal, attempts: int | None = None) -> bool:
        if not self.active or (self.needs_attempts and (attempts or 0) < FEWEST_ATTEMPTS):
            return False
        return value < self.alert if self.alarms is Alarms.BELOW else value > self.alert


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure; None where there is nothing to measure."""

    value: Decimal | None
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """What alarms: a metric beyond its limit, or a fact that needs none (a ledger violation, a lost constraint)."""

    metric: str
    group: Group
    severity: Severity
    value: Decimal
    text: str
    action: str = ""


def _usual(
    metric: str, target: int, alert: int, alarms: Alarms, group: Group, action: str, **more: object
) -> Threshold:
    found = {"metric": metric, "target": Decimal(target), "alert": Decimal(alert), "alarms": alarms}
    return Threshold(**found, group=group, action=action, **more)  # type: ignore[arg-type]


USUAL: Final[Mapping[str, Threshold]] = {
    found.metric: found
    for found in (
        _usual("health_score", 100, 90, Alarms.BELOW, Group.INTEGRITY, "investigate"),
        _usual(
            "xp_spend_success", 95, 90, Alarms.BELOW, Group.ACTIVITY, "review errors", unit="%", needs_attempts=True
        ),
        _usual("xp_spend_time", 200, 500, Alarms.ABOVE, Group.PERFORMANCE, "review performance", unit="ms"),
        _usual(
            "scene_award_success", 100, 99, Alarms.BELOW, Group.ACTIVITY, "fix at once", unit="%", needs_attempts=True
        ),
        _usual("constraint_violations", 0, 10, Alarms.ABOVE, Group.CONSTRAINTS, "audit data", unit="a day"),
        _usual(
            "transaction_rollbacks", 1, 5, Alarms.ABOVE, Group.PERFORMANCE, "review code", unit="%", needs_attempts=True
        ),
        _usual("deadlocks", 0, 1, Alarms.ABOVE, Group.PERFORMANCE, "analyse locks", unit="a day"),
    )
}


def breaches(thresholds: Iterable[Threshold], measured: Mapping[str, Measured]) -> Iterator[Breach]:
    """Metrics beyond their limits, in the order of the thresholds."""
    for threshold in thresholds:
        found = measured.get(threshold.metric, Measured(None))
        if found.value is None or not threshold.is_breached(found.value, found.attempts):
            continue
        yield Breach(
            threshold.metric,
            threshold.group,
            severity_of(threshold.metric, found.value),
            found.value,
            _told(threshold, found.value),
            threshold.action,
        )


def severity_of(metric: str, value: Decimal) -> Severity:
    """Awards that fail and a score below 50 do not wait."""
    is_critical = metric == "scene_award_success" or (metric == "health_score" and value < CRITICAL_SCORE)
    return Severity.CRITICAL if is_critical else Severity.WARNING


def facts(*, ledger_violations: int, missing_constraints: Iterable[str]) -> Iterator[Breach]:
    """What alarms whatever the limits are."""
    if ledger_violations:
        text = f"{ledger_violations} violation{'s' if ledger_violations > 1 else ''} of the XP ledger"
        value = Decimal(ledger_violations)
        yield Breach("ledger_violations", Group.INTEGRITY, Severity.CRITICAL, value, text, "fix at once")
    missing = list(missing_constraints)
    if missing:
        text = f"constraints that must be there are not: {', '.join(missing)}"
        value = Decimal(len(missing))
        yield Breach("missing_constraints", Group.CONSTRAINTS, Severity.CRITICAL, value, text, "restore them")


def _told(threshold: Threshold, value: Decimal) -> str:
    unit = f" {threshold.unit}" if threshold.unit else ""
    return f"{threshold.metric} is {value:f}{unit}, {threshold.alarms} the limit of {threshold.alert:f}{unit}"
