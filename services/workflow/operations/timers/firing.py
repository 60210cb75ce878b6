"""What is due: clocks tell, timers fire. Any number of workers may look; each row is handled once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.timers import TimerRule
from services.workflow.models import AuditEvent, Clock, Timer
from services.workflow.operations.lifecycles import LIFECYCLES
from services.workflow.operations.outgoing import Event, emit
from services.workflow.operations.timers.actions import ACTIONS
from services.workflow.operations.timers.following import counted, to_domain
from services.workflow.operations.transitions.lifecycle import Lifecycle, Wanted
from services.workflow.operations.transitions.moving import move
from shared.auditing.models import Level
from shared.auditing.writing import Entry, record_many
from shared.locking import lock_rows
from shared.tenancy import tenant_of

log = structlog.get_logger(__name__)

BATCH = 500


def tell_clocks(session: Session, *, at_most: int = BATCH) -> int:
    """Warnings and breaches that are due; returns how many, call again while there are any."""
    now = datetime.now(UTC)
    due = select(Clock).where(Clock.tenant_id == tenant_of(session), Clock.next_at <= now).limit(at_most)
    clocks = lock_rows(session, due, skip_locked=True)
    told = [(clock, word) for clock in clocks if (word := _tell(session, clock, now))]
    session.flush()
    record_many(session, AuditEvent, [_entry(clock, word) for clock, word in told])
    emit(session, [_event(clock, word) for clock, word in told])
    return len(clocks)


def _tell(session: Session, row: Clock, now: datetime) -> str | None:
    rules = {rule.name: rule for rule in LIFECYCLES[row.entity].newest.clocks}
    rule = rules.get(row.name)
    if rule is None:  # a clock of an older definition
        row.next_at = None
        return None
    time = counted(session, rule)
    clock, word = to_domain(row).told(now, time)
    row.warned_at, row.breached_at, row.next_at = clock.warned_at, clock.breached_at, clock.next_at(time)
    return word


def _entry(clock: Clock, word: str) -> Entry:
    return Entry(
        action=f"{clock.entity}.sla_{word}",
        entity_type=clock.entity,
        entity_id=clock.entity_id,
        level=Level.WARNING,
        metadata=_told(clock),
    )


def _event(clock: Clock, word: str) -> Event:
    data = _told(clock)
    return Event(type=f"{clock.entity}.sla_{word}", entity=clock.entity, entity_id=clock.entity_id, data=data)


def _told(clock: Clock) -> dict[str, Any]:
    due_at = clock.due_at.isoformat() if clock.due_at else None
    return {"clock": clock.name, "target_seconds": clock.target_seconds, "due_at": due_at}


def fire_timers(session: Session, *, at_most: int = BATCH) -> int:
    """Timers that are due; returns how many were handled, call again while there are any."""
    due = select(Timer.entity, Timer.name, Timer.entity_id).where(
        Timer.tenant_id == tenant_of(session), Timer.due_at <= datetime.now(UTC)
    )
    found = session.execute(due.order_by(Timer.due_at).limit(at_most)).all()
    kinds: dict[tuple[str, str], list[int]] = {}
    for entity, name, item_id in sorted(found):
        kinds.setdefault((entity, name), []).append(item_id)
    return sum(_fire(session, LIFECYCLES[entity], name, ids) for (entity, name), ids in kinds.items())


def _fire(session: Session, lifecycle: Lifecycle, name: str, ids: Sequence[int]) -> int:
    """Items first, timers after them, as everybody does who moves an item."""
    model = lifecycle.model
    mine = model.tenant_id == tenant_of(session), model.id.in_(ids)
    rows = {row.id: row for row in lock_rows(session, select(model).where(*mine), skip_locked=True)}
    held = set(rows) | (set(ids) - set(session.scalars(select(model.id).where(*mine))))
    fired = _take(session, lifecycle.entity, name, held)
    live = [number for number, state in fired.items() if number in rows and rows[number].state == state]
    rule = next((rule for rule in lifecycle.newest.timers if rule.name == name), None)
    if rule is not None and live:
        _do(session, lifecycle, rule, live)
    return len(fired)


def _take(session: Session, entity: str, name: str, ids: set[int]) -> Mapping[int, str]:
    """Removes the timers of these items, which fires them; item to the state that they belong to."""
    mine = Timer.tenant_id == tenant_of(session), Timer.entity == entity, Timer.name == name
    taken = delete(Timer).where(*mine, Timer.entity_id.in_(ids)).returning(Timer.entity_id, Timer.state)
    return {number: state for number, state in session.execute(taken)}


def _do(session: Session, lifecycle: Lifecycle, rule: TimerRule, ids: Sequence[int]) -> None:
    ask = Ask(as_system=True, reason="timeout", comments=rule.comments)
    if rule.event is not None:
        entity = lifecycle.entity
        emit(session, [Event(type=f"{entity}.{rule.event}", entity=entity, entity_id=number) for number in ids])
    elif rule.action is not None:
        ACTIONS[lifecycle.entity, rule.action](session, ids, ask)
    elif rule.target is not None:
        outcomes = move(session, lifecycle, [Wanted(number) for number in ids], rule.target, ask)
        refused = [outcome.wanted.id for outcome in outcomes if not outcome.result.success]
        if refused:
            log.warning("timer_refused", machine=lifecycle.machine, timer=rule.name, items=refused[:20])
