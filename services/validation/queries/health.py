"""The figures of a health report, a statement for each of its parts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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


def newest_report(session: Session) -> HealthReport | None:
    mine = HealthReport.tenant_id == tenant_of(session)
    newest = select(HealthReport).where(mine).order_by(HealthReport.created_at.desc(), HealthReport.id.desc()).limit(1)
    return session.scalars(newest).one_or_none()


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
