"""Keeps clocks and timers in step with their items: made, moved, aimed anew, gone. A constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.workflow.domain import timers as domain
from services.workflow.domain.machines.definition import Machine
from services.workflow.domain.timers import ClockRule, Mode, TimerRule, mode_in, target_seconds
from services.workflow.domain.working_time import CalendarTime, Counted, WorkingTime
from services.workflow.models import Clock, Timer
from services.workflow.operations import sets
from services.workflow.operations.entry import own_tenant
from services.workflow.operations.transitions.lifecycle import Lifecycle
from shared.tenancy import tenant_of

Stored = Mapping[tuple[int, str], Clock]


def start(session: Session, lifecycle: Lifecycle, rows: Sequence[Any], now: datetime) -> None:
    """Clocks and timers of new items."""
    follow(session, lifecycle, rows, now, stored={})


def follow(
    session: Session, lifecycle: Lifecycle, rows: Sequence[Any], now: datetime, *, stored: Stored | None = None
) -> None:
    """After items have entered the states that they are in: their clocks turn, their timers die and others begin."""
    machine = lifecycle.newest
    if not rows or lifecycle.column != "state":
        return
    if machine.clocks:
        known = _stored(session, lifecycle, rows) if stored is None else stored
        _put(session, [_turned(session, lifecycle, row, rule, known, now) for row in rows for rule in machine.clocks])
    if machine.timers:
        if stored is None:
            _forget(session, Timer, lifecycle.entity, [row.id for row in rows])
        sets.insert_rows(session, Timer, [timer for row in rows for timer in _begun(session, lifecycle, row, now)])


def aim(session: Session, lifecycle: Lifecycle, rows: Sequence[Any], changed: Iterable[str]) -> None:
    """After an edit of columns that clocks take their target from."""
    rules = [rule for rule in lifecycle.newest.clocks if {rule.hours_from, rule.due_from} & set(changed)]
    if not rows or not rules:
        return
    stored = _stored(session, lifecycle, rows)
    found = [(row, rule, stored[row.id, rule.name]) for row in rows for rule in rules if (row.id, rule.name) in stored]
    aimed = []
    for row, rule, clock in found:
        seconds = target_seconds(rule, _columns(row), clock.started_at)
        aimed.append(_values(lifecycle, row, rule, to_domain(clock).aimed(seconds), clock.started_at, session))
    _put(session, aimed)


def forget(session: Session, lifecycle: Lifecycle, ids: Sequence[int]) -> None:
    """Of items that are gone."""
    for model in (Clock, Timer):
        _forget(session, model, lifecycle.entity, ids)


def hours_of(session: Session, machine: Machine, rule: TimerRule) -> float | None:
    """What the tenant says, else the definition; None keeps the timer off."""
    hours = own_tenant(session).timer_hours.get(f"{machine.name}.{rule.name}", rule.hours)
    return None if hours is None else float(hours)


def counted(session: Session, rule: ClockRule | TimerRule) -> Counted:
    """How this rule counts time: working hours where it says so and the tenant has some."""
    tenant = own_tenant(session)
    if not (rule.working and tenant.working_hours):
        return CalendarTime()
    return WorkingTime.of(ZoneInfo(tenant.time_zone), tenant.working_hours)


def to_domain(row: Clock) -> domain.Clock:
    return domain.Clock(
        target_seconds=row.target_seconds,
        mode=Mode(row.mode),
        spent_seconds=row.spent_seconds,
        runs_since=row.runs_since,
        warned_at=row.warned_at,
        breached_at=row.breached_at,
        ended_at=row.ended_at,
    )


def _turned(
    session: Session, lifecycle: Lifecycle, row: Any, rule: ClockRule, stored: Stored, now: datetime
) -> dict[str, Any]:
    known = stored.get((row.id, rule.name))
    pauses = lifecycle.machine_of(row).states[row.state].pauses_clocks
    time = counted(session, rule)
    if known is not None:
        has_ended = known.mode == Mode.ENDED
        clock = to_domain(known).turned(mode_in(rule, row.state, pauses=pauses, has_ended=has_ended), now, time)
        return _values(lifecycle, row, rule, clock, known.started_at, session)
    fresh = domain.Clock(target_seconds(rule, _columns(row), row.created_at), Mode.PAUSED)
    clock = fresh.turned(mode_in(rule, row.state, pauses=pauses), now, time)
    return _values(lifecycle, row, rule, clock, row.created_at, session)


def _values(
    lifecycle: Lifecycle, row: Any, rule: ClockRule, clock: domain.Clock, started_at: datetime, session: Session
) -> dict[str, Any]:
    time = counted(session, rule)
    return {
        "tenant_id": tenant_of(session),
        "entity": lifecycle.entity,
        "entity_id": row.id,
        "name": rule.name,
        "mode": str(clock.mode),
        "target_seconds": clock.target_seconds,
        "spent_seconds": clock.spent_seconds,
        "runs_since": clock.runs_since,
        "due_at": clock.due_at(time),
        "next_at": clock.next_at(time),
        "started_at": started_at,
        "warned_at": clock.warned_at,
        "breached_at": clock.breached_at,
        "ended_at": clock.ended_at,
    }


def _begun(session: Session, lifecycle: Lifecycle, row: Any, now: datetime) -> list[dict[str, Any]]:
    machine = lifecycle.newest
    begun = []
    for rule in machine.timers:
        hours = hours_of(session, machine, rule) if rule.state == row.state else None
        if hours is not None:
            same = {"tenant_id": tenant_of(session), "entity": lifecycle.entity, "entity_id": row.id}
            due_at = counted(session, rule).later(now, timedelta(hours=hours).total_seconds())
            begun.append(same | {"name": rule.name, "state": rule.state, "due_at": due_at})
    return begun


def _stored(session: Session, lifecycle: Lifecycle, rows: Sequence[Any]) -> Stored:
    found = select(Clock).where(
        Clock.tenant_id == tenant_of(session),
        Clock.entity == lifecycle.entity,
        Clock.entity_id.in_([row.id for row in rows]),
    )
    return {(clock.entity_id, clock.name): clock for clock in session.scalars(found.with_for_update())}


def _put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    sets.put_rows(session, Clock, rows, key=("tenant_id", "entity", "entity_id", "name"))


def _forget(session: Session, model: type[Clock] | type[Timer], entity: str, ids: Sequence[int]) -> None:
    gone = model.tenant_id == tenant_of(session), model.entity == entity, model.entity_id.in_(ids)
    session.execute(delete(model).where(*gone), execution_options={"synchronize_session": False})


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if hasattr(row, column.key)}
