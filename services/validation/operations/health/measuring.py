"""The figures that limits are set for, over the last 24 hours."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from services.validation.domain.health.outcomes import Operation, Outcome, percentile
from services.validation.domain.health.score import rate
from services.validation.domain.health.thresholds import Measured
from services.validation.operations.health.reporting import Report
from services.validation.queries import health

MEASURED_HOURS: Final = 24
# Metric to the operation whose share of successes it is.
_SHARES: Final = {"xp_spend_success": Operation.SPEND, "scene_award_success": Operation.SCENE_AWARD}
# What the server has counted so far, kept as a point of each report.
DEADLOCKS_COUNTED: Final = "deadlocks_counted"

_Counts = Mapping[str, int]


def measured(session: Session, told: Report) -> dict[str, Measured]:
    """Metric to its figure."""
    since = datetime.now(UTC) - timedelta(hours=MEASURED_HOURS)
    outcomes = health.outcomes_since(session, since)
    everything = _summed(outcomes)
    slowest = percentile(health.durations_since(session, Operation.SPEND, since), 0.95)
    return {
        "health_score": Measured(Decimal(told["health_score"])),
        **{metric: _share(outcomes.get(operation, {})) for metric, operation in _SHARES.items()},
        "xp_spend_time": Measured(None if slowest is None else Decimal(str(slowest))),
        "constraint_violations": Measured(Decimal(everything.get(Outcome.STOPPED, 0))),
        "transaction_rollbacks": _rollbacks(everything),
        "deadlocks": Measured(_deadlocks(session, since)),
    }


def points(session: Session, figures: Mapping[str, Measured]) -> dict[str, float]:
    """What is kept of them with a report, beside its own figures."""
    found = {name: float(figure.value) for name, figure in figures.items() if figure.value is not None}
    return found | {DEADLOCKS_COUNTED: float(health.deadlocks(session))}


def _share(counts: _Counts) -> Measured:
    accepted = counts.get(Outcome.ACCEPTED, 0)
    attempts = accepted + counts.get(Outcome.FAILED, 0)
    return Measured(rate(accepted, attempts), attempts)


def _rollbacks(everything: _Counts) -> Measured:
    attempts = sum(everything.values())
    return Measured(rate(everything.get(Outcome.FAILED, 0), attempts), attempts)


def _summed(outcomes: Mapping[str, _Counts]) -> dict[str, int]:
    return {
        outcome: sum(counts.get(outcome, 0) for counts in outcomes.values())
        for outcome in (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.FAILED, Outcome.STOPPED)
    }


def _deadlocks(session: Session, since: datetime) -> Decimal | None:
    """Counted since the first report of these hours; a server that was set back began at 0 again."""
    before = health.first_point(session, DEADLOCKS_COUNTED, since=since)
    if before is None:
        return None
    now = health.deadlocks(session)
    return Decimal(now - int(before) if now >= before else now)
