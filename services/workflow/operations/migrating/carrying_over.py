"""Carries items over to another version: a chunk in a constant number of statements, one record for each item."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.migrating import MachineMigration
from services.workflow.operations import outgoing, sets
from services.workflow.operations.outgoing import Event
from services.workflow.operations.timers import following
from services.workflow.operations.transitions import recording
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move, news
from services.workflow.queries.machines import next_items
from shared.locking import lock_rows
from shared.tenancy import context_of

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Carried:
    """`last` is the id from which the next chunk goes on."""

    items: int
    last: int


def carry_over(
    session: Session, lifecycle: Lifecycle, migration: MachineMigration, *, after: int, at_most: int = CHUNK
) -> Carried:
    """No edge, guard or effect of a definition has a say: the mapping has. Who is there already stays untouched, so
    a second start of the job repeats nothing. Raises Busy.
    """
    wanted = next_items(
        session, lifecycle.model, migration.old.version, migration.passable, after=after, at_most=at_most
    )
    rows = lock_rows(session, wanted)
    if not rows:
        return Carried(0, after)
    ask = Ask(as_system=True, on_behalf_of=context_of(session).actor, reason="system_auto")
    moves = [_move(row, migration, ask) for row in rows]
    seconds = {move.row.id: _seconds_in_state(move) for move in moves}
    before = {row.id: {"machine_version": row.machine_version} for row in rows}
    sets.update_rows(session, lifecycle.model, [(move.row, _values(move, migration)) for move in moves])
    changed = [move for move in moves if move.from_state != move.to_state]
    following.follow(session, lifecycle, [move.row for move in changed], ask.timestamp)
    timing = recording.Timing(seconds, 0.0, 0.0)
    recording.record_moves(session, replace(lifecycle, level=news), moves, before, timing)
    outgoing.emit(session, [_event(lifecycle, move) for move in changed])
    return Carried(len(rows), rows[-1].id)


def _move(row: Any, migration: MachineMigration, ask: Ask) -> Move:
    edge = migration.edge(row.state)
    versions = {"from_version": migration.old.version, "to_version": migration.new.version}
    return Move(row, edge.origin, edge.target, edge, None, ask, (), {"migration": versions})


def _values(move: Move, migration: MachineMigration) -> dict[str, Any]:
    values: dict[str, Any] = {"machine_version": migration.new.version}
    if move.from_state != move.to_state:
        values |= {"state": move.to_state, "state_changed_at": move.ask.timestamp}
    return values


def _seconds_in_state(move: Move) -> float | None:
    """None for an item that stays in its state."""
    if move.from_state == move.to_state:
        return None
    seconds: float = (move.ask.timestamp - move.row.state_changed_at).total_seconds()
    return max(0.0, seconds)


def _event(lifecycle: Lifecycle, move: Move) -> Event:
    data = {"from_state": move.from_state, "to_state": move.to_state, **lifecycle.shown(move.row)}
    return Event(
        type=lifecycle.event_of(move.to_state),
        entity=lifecycle.entity,
        entity_id=move.row.id,
        version=move.row.version,
        data=data,
    )
