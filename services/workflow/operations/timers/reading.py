"""What clocks and timers of one item say at this moment."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.workflow.domain.timers import ClockRule, Mode
from services.workflow.models import Clock, Timer
from services.workflow.operations.timers.following import counted, to_domain
from services.workflow.operations.transitions.lifecycle import Lifecycle
from shared.tenancy import tenant_of


def of_item(session: Session, lifecycle: Lifecycle, item_id: int) -> dict[str, Any]:
    """Clocks in the order of the definition, timers by their time."""
    now = datetime.now(UTC)
    stored = {clock.name: clock for clock in _rows(session, Clock, lifecycle, item_id)}
    timers = sorted(_rows(session, Timer, lifecycle, item_id), key=lambda timer: timer.due_at)
    rules = [rule for rule in lifecycle.newest.clocks if rule.name in stored]
    return {"clocks": [_told(session, rule, stored[rule.name], now) for rule in rules], "timers": timers}


def _rows(session: Session, model: Any, lifecycle: Lifecycle, item_id: int) -> Any:
    mine = model.tenant_id == tenant_of(session), model.entity == lifecycle.entity, model.entity_id == item_id
    return session.scalars(select(model).where(*mine)).all()


def _told(session: Session, rule: ClockRule, row: Clock, now: datetime) -> dict[str, Any]:
    spent = round(to_domain(row).spent(now, counted(session, rule)), 3)
    return {
        "name": row.name,
        "status": _status(row, is_spent=spent >= row.target_seconds),
        "target_seconds": row.target_seconds,
        "spent_seconds": spent,
        "remaining_seconds": max(0.0, round(row.target_seconds - spent, 3)),
        "percent": round(100 * spent / row.target_seconds, 2) if row.target_seconds else 100.0,
        "working_time": rule.working,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "warned_at": row.warned_at,
        "breached_at": row.breached_at,
        "ended_at": row.ended_at,
    }


def _status(row: Clock, *, is_spent: bool) -> str:
    """Spent is breached, also before anybody has been told."""
    if is_spent:
        return "breached"
    return {Mode.RUNNING: "running", Mode.PAUSED: "paused", Mode.ENDED: "met"}[Mode(row.mode)]
