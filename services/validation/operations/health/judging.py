"""Judges the figures of a tenant, opens, tells and closes its alerts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.domain.events import ALERT
from services.validation.domain.health.alerts import (
    News,
    Standing,
    State,
    grouped,
    has_more,
    news,
    window_of,
    worst,
)
from services.validation.domain.health.history import Judgement, judge
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
from services.validation.operations.health import ticketing
from services.validation.operations.health.mailing import mail
from services.validation.operations.health.measuring import measured, points
from services.validation.operations.health.reporting import Report, record, report
from services.validation.queries import health
from shared import editing
from shared.tenancy import tenant_of
from shared.webhooks.publishing import Event, publish


def look(session: Session, *, period_hours: int, alerts: bool = True) -> tuple[Report, list[dict[str, Any]]]:
    """Makes a report, judges it if asked for, and keeps it; the report, and what it makes known."""
    told, by_rule = report(session, period_hours=period_hours)
    figures = measured(session, told)
    said = judge_report(session, told, figures) if alerts else []
    record(session, told, by_rule, points(session, figures))
    return told, said


def judge_report(session: Session, told: Report, known: Mapping[str, Measured] | None = None) -> list[dict[str, Any]]:
    """What this report makes known: one entry for each alert that is opened, worse, repeated or over."""
    limits, figures = thresholds(session), known or measured(session, told)
    found = [*breaches(limits.values(), figures), *_anomalies(session, figures, limits)]
    checks = told["checks"]
    found += facts(
        ledger_violations=checks["data_integrity"]["ledger_violations"],
        missing_constraints=checks["constraints"]["missing"],
    )
    live = _live(session)
    groups = grouped(found)
    said = [
        _settle(session, group, live.get(group), breached, told, window=window_of(breached, limits))
        for group in Group
        for breached in [groups.get(group, [])]
    ]
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
            window_hours=row.window_hours,
            anomaly_alert=row.anomaly_alert,
            active=row.active,
        )
        for row in rows
        if row.metric in USUAL
    }
    return {**USUAL, **own}


def _anomalies(session: Session, figures: Mapping[str, Measured], limits: Mapping[str, Threshold]) -> Iterator[Breach]:
    """Figures out of the ordinary, where the tenant wants to be told."""
    for metric, limit in limits.items():
        value = figures[metric].value
        if not (limit.anomaly_alert and limit.active) or value is None:
            continue
        before = [point.value for point in health.points(session, metric, most=30)]
        if judge(before, float(value)) is Judgement.ANOMALY:
            text = f"{metric} is {value}, far from what it has been"
            yield Breach(metric, limit.group, Severity.WARNING, value, text, limit.action)


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
    session: Session,
    group: Group,
    alert: Alert | None,
    found: Sequence[Breach],
    told: Report,
    *,
    window: timedelta,
) -> dict[str, Any] | None:
    now = datetime.now(UTC)
    before = None
    if alert is not None:
        before = Standing(Severity(alert.severity), State(alert.state), alert.told_at, alert.muted_until)
    said = news(before, found, now=now, window=window)
    shown = [{**asdict(each), "value": float(each.value)} for each in found]
    if alert is None:
        if said is None:
            return None
        alert = editing.create(
            session, Alert, {"group": str(group), "severity": str(worst(found)), "breaches": shown, "told_at": now}
        )
        return _tell(session, alert, said, found, told)
    if said is News.RECOVERED:
        over = {"state": str(State.RESOLVED), "resolved_at": now, "muted_until": None, "told_at": now}
        editing.change(session, alert, over, verb="recovered")
        return _tell(session, alert, said, found, told)
    more = has_more({each["metric"]: each["value"] for each in alert.breaches}, found)
    values: dict[str, Any] = {"breaches": shown, "severity": str(worst(found))}
    if said is not None:
        values |= {"told_at": now, "state": str(State.OPEN), "muted_until": None}
    editing.change(session, alert, values)
    if said is not None:
        return _tell(session, alert, said, found, told)
    if more:
        # Nobody is told again, but who works on the ticket finds it there.
        ticketing.tell(session, alert, _message(alert, "more findings", found, told), found)
    return None


def _tell(session: Session, alert: Alert, said: News, found: Sequence[Breach], told: Report) -> dict[str, Any]:
    """To webhooks, by mail and, where a person is needed, as a ticket; all of it leaves after this unit of work."""
    message = _message(alert, said, found, told)
    publish(session, Outbox, Webhook, [Event(ALERT, message, ordering_key=f"alert:{alert.id}")])
    mail(session, message)
    ticketing.tell(session, alert, message, found)
    return message


def _message(alert: Alert, news: str, found: Sequence[Breach], told: Report) -> dict[str, Any]:
    return {
        "alert": alert.id,
        "news": str(news),
        "group": alert.group,
        "severity": alert.severity,
        "health_score": told["health_score"],
        "breaches": [each.text for each in found],
    }
