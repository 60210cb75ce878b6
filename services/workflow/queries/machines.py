"""Which items stand on which version of a definition, and in which state."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.workflow.models import Living, TransitionRecord
from shared.tenancy import tenant_of

Model = type[Living]


def on_version(session: Session, model: Any, version: int) -> Select[Any]:
    return select(model).where(model.tenant_id == tenant_of(session), model.machine_version == version)


def counts_by_state(session: Session, model: Any, version: int) -> dict[str, int]:
    rows = on_version(session, model, version).with_only_columns(model.state, func.count()).group_by(model.state)
    return {state: number for state, number in session.execute(rows)}


def items_by_state(session: Session, model: Any, column: str) -> dict[str, int]:
    state = getattr(model, column)
    rows = select(state, func.count()).where(model.tenant_id == tenant_of(session)).group_by(state)
    return {name: number for name, number in session.execute(rows)}


def median_seconds(session: Session, machine: str, *, days: int) -> dict[str, float]:
    """By state: how long items that have left it in the last days stood in it, the half of them no longer."""
    record = TransitionRecord
    recent = record.created_at > datetime.now(UTC) - timedelta(days=days)
    median = func.percentile_cont(0.5).within_group(record.seconds_in_state)
    rows = (
        select(record.from_state, median)
        .where(record.tenant_id == tenant_of(session), record.machine == machine, record.success, recent)
        .group_by(record.from_state)
    )
    return {state: round(float(seconds), 3) for state, seconds in session.execute(rows) if seconds is not None}


def items_in(
    session: Session, model: Any, version: int, states: Collection[str], *, at_most: int
) -> Sequence[tuple[int, str]]:
    """Id and state of the first items in these states."""
    rows = on_version(session, model, version).where(model.state.in_(states)).order_by(model.id).limit(at_most)
    return [(row_id, state) for row_id, state in session.execute(rows.with_only_columns(model.id, model.state))]


def next_items(
    session: Session, model: Any, version: int, states: Collection[str], *, after: int, at_most: int
) -> Select[Any]:
    """The items with the lowest ids above `after`, to be locked."""
    rows = on_version(session, model, version).where(model.state.in_(states), model.id > after)
    wanted = rows.with_only_columns(model.id).order_by(model.id).limit(at_most).subquery()
    return on_version(session, model, version).where(model.state.in_(states), model.id.in_(select(wanted.c.id)))
