"""Judges the figures of a tenant, opens, tells and closes its alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.clients import ask_for_ticket
from services.validation.domain.events import ALERT
from services.validation.domain.health.alerts import WINDOW, News, Standing, State, grouped, needs_ticket, news, worst
from services.validation.domain.health.history import Judgement, judge
from services.validation.domain.health.score import rate
from services.validation.domain.health.thresholds import (
    USUAL,
    Breach,
    Group,
    Measured,
    Severity,
    Threshold,
    breaches,
    facts,
)
from services.validation.models import Alert, Outbox, Webhook
from services.validation.models import Threshold as Limits
from services.validation.operations.health.reporting import Report
from services.validation.queries import health
from shared import editing
from shared.outbox.writing import post
from shared.tenancy import tenant_of
from shared.webhooks.publishing import Event, publish

MEASURED_HOURS = 24
# Metric to the operation whose share of successes it is.
_SHARES = {"xp_spend_success": "xp_spend", "scene_award_success": "scene_award"}


def judge_report(session: Session, told: Report) -> list[dict[str, Any]]:
    """What this report makes known: one entry for each alert that is opened, worse, repeated or over."""
    limits = thresholds(session)
    found = [*breaches(limits.values(), measured(session, told)), *_anomalies(session, told, limits)]
    checks = told["checks"]
    found += facts(
        ledger_violations=checks["data_integrity"]["ledger_violations"],
        missing_constraints=checks["constraints"]["missing"],
    )
    live = _live(session)
    groups = grouped(found)
    said = [_settle(session, group, live.get(group), groups.get(group, []), told) for group in Group]
    return [each for each in said if each is not None]


def thresholds(session: Session) -> Mapping[str, Threshold]:
    """The limits of each metric: those of the tenant, or the usual ones."""
    rows = session.scalars(select(Limits).where(Limits.tenant_id == tenant_of(session)))
    own = {
        row.metric: replace(
            USUAL[row.metric],
            target=row.target,
            alert=row.alert,
            action=row.action,
            anomaly_alert=row.anomaly_alert,
            active=row.active,
        )
        for row in rows
        if row.metric in USUAL
    }
    return {**USUAL, **own}


def measured(session: Session, told: Report) -> dict[str, Measured]:
    """Metric to its figure over the last 24 hours."""
    since = datetime.now(UTC) - timedelta(hours=MEASURED_HOURS)
    outcomes = health.outcomes_since(session, since)
    found = {"health_score": Measured(Decimal(told["health_score"]))}
    for metric, operation in _SHARES.items():
        counts = outcomes.get(operation, {})
        attempts = counts.get("accepted", 0) + counts.get("failed", 0)
        found[metric] = Measured(rate(counts.get("accepted", 0), attempts), attempts)
    stopped = sum(counts.get("stopped", 0) for counts in outcomes.values())
    found["constraint_violations"] = Measured(Decimal(stopped))
    everything = sum(sum(counts.values()) for counts in outcomes.values())
    failed = sum(counts.get("failed", 0) for counts in outcomes.values())
    found["transaction_rollbacks"] = Measured(rate(failed, everything), everything)
    return found


def _anomalies(session: Session, told: Report, limits: Mapping[str, Threshold]) -> list[Breach]:
    """Figures out of the ordinary, where the tenant wants to be told."""
    found = []
    for metric, limit in limits.items():
        value = {"health_score": told["health_score"]}.get(metric)
        if not limit.anomaly_alert or value is None:
            continue
        before = [point.value for point in health.points(session, metric, most=30)]
        if judge(before, float(value)) is Judgement.ANOMALY:
            text = f"{metric} is {value}, far from what it has been"
            found.append(Breach(metric, limit.group, Severity.WARNING, Decimal(value), text, limit.action))
    return found


def _live(session: Session) -> dict[str, Alert]:
    """Alerts that are not over, locked, by group."""
    rows = session.scalars(
        select(Alert)
        .where(Alert.tenant_id == tenant_of(session), Alert.state != State.RESOLVED)
        .order_by(Alert.id)
        .with_for_update()
    )
    return {row.group: row for row in rows}


def _settle(
    session: Session, group: Group, alert: Alert | None, found: Sequence[Breach], told: Report
) -> dict[str, Any] | None:
    now = datetime.now(UTC)
    before = None
    if alert is not None:
        before = Standing(Severity(alert.severity), State(alert.state), alert.told_at, alert.muted_until)
    said = news(before, found, now=now, window=WINDOW)
    shown = [{**asdict(each), "value": float(each.value)} for each in found]
    if alert is None:
        if said is None:
            return None
        alert = editing.create(
            session, Alert, {"group": str(group), "severity": str(worst(found)), "breaches": shown, "told_at": now}
        )
    elif said is News.RECOVERED:
        over = {"state": str(State.RESOLVED), "resolved_at": now, "muted_until": None, "told_at": now}
        editing.change(session, alert, over, verb="recovered")
    else:
        values: dict[str, Any] = {"breaches": shown, "severity": str(worst(found))}
        if said is not None:
            values |= {"told_at": now, "state": str(State.OPEN), "muted_until": None}
        editing.change(session, alert, values)
    if said is None:
        return None
    return _tell(session, alert, said, found, told)


def _tell(session: Session, alert: Alert, said: News, found: Sequence[Breach], told: Report) -> dict[str, Any]:
    """To webhooks and, where a person is needed, as a ticket; both leave after this unit of work."""
    message = {
        "alert": alert.id,
        "news": str(said),
        "group": alert.group,
        "severity": alert.severity,
        "health_score": told["health_score"],
        "breaches": [each.text for each in found],
    }
    publish(session, Outbox, Webhook, [Event(ALERT, message, ordering_key=f"alert:{alert.id}")])
    if said in (News.OPENED, News.WORSE) and needs_ticket(found):
        post(session, Outbox, ask_for_ticket(alert.id, str(tenant_of(session)), severity=alert.severity, told=message))
    return message
