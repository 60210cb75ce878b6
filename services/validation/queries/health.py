"""The figures of a health report, a statement for each of its parts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, true
from sqlalchemy.orm import Session

from services.validation.domain.health.outcomes import Outcome
from services.validation.domain.ledger.requests import State
from services.validation.models import Character, HealthPoint, HealthReport, OperationStat, Scene, XpSpendRequest
from shared.tenancy import tenant_of


def requests_since(session: Session, since: datetime) -> dict[str, int]:
    """Number of spend requests by state."""
    rows = session.execute(
        select(XpSpendRequest.state, func.count())
        .where(XpSpendRequest.tenant_id == tenant_of(session), XpSpendRequest.created_at >= since)
        .group_by(XpSpendRequest.state)
    )
    return dict.fromkeys(map(str, State), 0) | {state: number for state, number in rows}


def scenes(session: Session, since: datetime) -> Mapping[str, int]:
    """All scenes, those finished since then, those of them with XP, and all that await theirs."""
    lately = Scene.finished & (Scene.finished_at >= since)
    row = session.execute(
        select(
            func.count().label("total_scenes"),
            func.count().filter(lately).label("finished_scenes"),
            func.count().filter(lately, Scene.xp_given).label("scenes_with_xp_awarded"),
            func.count().filter(Scene.finished, Scene.xp_given.is_(False)).label("scenes_awaiting_xp"),
        ).where(Scene.tenant_id == tenant_of(session))
    )
    return dict(row.mappings().one())


def characters(session: Session) -> tuple[dict[str, int], int]:
    """Number by status, and all XP that can be spent now."""
    rows = session.execute(
        select(Character.status, func.count(), func.sum(Character.xp))
        .where(Character.tenant_id == tenant_of(session))
        .group_by(Character.status)
    ).all()
    return {status: number for status, number, _xp in rows}, sum(int(xp) for _status, _number, xp in rows)


def outcomes_since(session: Session, since: datetime) -> dict[str, dict[str, int]]:
    """Operation to the number of its outcomes."""
    rows = session.execute(
        select(OperationStat.operation, OperationStat.outcome, func.sum(OperationStat.count))
        .where(OperationStat.tenant_id == tenant_of(session), OperationStat.minute >= since)
        .group_by(OperationStat.operation, OperationStat.outcome)
    )
    found: dict[str, dict[str, int]] = {}
    for operation, outcome, number in rows:
        found.setdefault(operation, {})[outcome] = int(number)
    return found


def durations_since(session: Session, operation: str, since: datetime) -> list[int]:
    """Counts per bucket of what an operation took, whether it was accepted or failed."""
    chosen = (
        select(OperationStat.durations)
        .where(
            OperationStat.tenant_id == tenant_of(session),
            OperationStat.operation == operation,
            OperationStat.outcome.in_([Outcome.ACCEPTED, Outcome.FAILED]),
            OperationStat.minute >= since,
        )
        .subquery()
    )
    each = func.unnest(chosen.c.durations).table_valued("number", with_ordinality="place").render_derived(name="each")
    rows = select(func.sum(each.c.number)).select_from(chosen).join(each, true()).group_by(each.c.place)
    return [int(number) for number in session.scalars(rows.order_by(each.c.place))]


def deadlocks(session: Session) -> int:
    """That the server has counted in this database, in all tenants, since it began to count."""
    counted = text("select deadlocks from pg_stat_database where datname = current_database()")
    return int(session.scalar(counted) or 0)


def newest_report(session: Session) -> HealthReport | None:
    mine = HealthReport.tenant_id == tenant_of(session)
    newest = select(HealthReport).where(mine).order_by(HealthReport.created_at.desc(), HealthReport.id.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def first_point(session: Session, metric: str, *, since: datetime) -> float | None:
    """The value of a metric in the first report from a time on."""
    return session.scalars(
        select(HealthPoint.value)
        .where(
            HealthPoint.tenant_id == tenant_of(session),
            HealthPoint.metric == metric,
            HealthPoint.recorded_at >= since,
        )
        .order_by(HealthPoint.recorded_at, HealthPoint.report_id)
        .limit(1)
    ).one_or_none()


def points(
    session: Session, metric: str, *, since: datetime | None = None, until: datetime | None = None, most: int = 2000
) -> Sequence[Any]:
    """`recorded_at` and `value` of a metric, oldest first; of more than `most` the newest."""
    chosen = [HealthPoint.tenant_id == tenant_of(session), HealthPoint.metric == metric]
    chosen += [HealthPoint.recorded_at >= since] if since is not None else []
    chosen += [HealthPoint.recorded_at < until] if until is not None else []
    newest = (
        select(HealthPoint.recorded_at, HealthPoint.value)
        .where(*chosen)
        .order_by(HealthPoint.recorded_at.desc(), HealthPoint.report_id.desc())
        .limit(most)
    )
    return list(reversed(session.execute(newest).all()))
