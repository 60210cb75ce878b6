"""Moves the items of a checked set: state and version, after-effects, audit rows, records, events."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.operations import outgoing, sets
from services.workflow.operations.outgoing import Event
from services.workflow.operations.timers import following
from services.workflow.operations.transitions import recording, voting
from services.workflow.operations.transitions.checked import Checked, CheckedSet
from services.workflow.operations.transitions.lifecycle import AFTER, Lifecycle, Move


def carry_out(
    session: Session, lifecycle: Lifecycle, checked: CheckedSet, ask: Ask, *, started: float
) -> dict[int, int]:
    """Moves what passes and lacks no vote, and stores votes; returns the id of each moved item's transition record.
    `started` is a perf_counter."""
    voting.cast(session, lifecycle, [item for item in checked.items if item.votes], ask)
    items = [item for item in checked.items if item.moves]
    if not items:
        return {}
    seconds = {item.row.id: _seconds_in_state(lifecycle, item, ask) for item in items}
    before = {item.row.id: {name: getattr(item.row, name) for name in item.stamps or {}} for item in items}
    values = {id(item.verdict): _values(lifecycle, item, ask) for item in items}
    sets.update_rows(session, lifecycle.model, [(item.row, values[id(item.verdict)]) for item in items])
    following.follow(session, lifecycle, [item.row for item in items], ask.timestamp)
    moves = [_move(item, ask) for item in items]
    _after(session, moves)
    execution_ms = (time.perf_counter() - started) * 1000 / len(items)
    timing = recording.Timing(seconds, execution_ms, checked.lock_wait_ms)
    ids = recording.record_moves(session, lifecycle, moves, before, timing)
    outgoing.emit(session, _events(lifecycle, moves))
    return dict(zip([move.row.id for move in moves], ids, strict=True))


def _values(lifecycle: Lifecycle, item: Checked, ask: Ask) -> dict[str, Any]:
    assert item.verdict is not None  # it moves
    values = {lifecycle.column: item.verdict.to_state} | dict(item.stamps or {})
    return values | ({"state_changed_at": ask.timestamp} if lifecycle.column == "state" else {})


def _move(item: Checked, ask: Ask) -> Move:
    verdict = item.verdict
    assert verdict is not None
    assert verdict.edge is not None
    metadata = dict(ask.metadata) | dict(item.notes) if item.notes else ask.metadata
    return Move(
        item.row, verdict.from_state, verdict.to_state, verdict.edge, item.facts, ask, verdict.warnings, metadata
    )


def _seconds_in_state(lifecycle: Lifecycle, item: Checked, ask: Ask) -> float | None:
    if lifecycle.column != "state":
        return None
    seconds: float = (ask.timestamp - item.row.state_changed_at).total_seconds()
    return max(0.0, round(seconds, 3))


def _after(session: Session, moves: Sequence[Move]) -> None:
    """Each after-effect once, with all the items whose edge names it, in the order of the definition."""
    names = dict.fromkeys(name for move in moves for name in move.edge.effects if name in AFTER)
    for name in names:
        AFTER[name](session, [move for move in moves if name in move.edge.effects])


def _events(lifecycle: Lifecycle, moves: Sequence[Move]) -> list[Event]:
    told: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    events = []
    for move in moves:
        states = (move.from_state, move.to_state)
        if states not in told:
            told[states] = lifecycle.event_of(move.to_state), {"from_state": states[0], "to_state": states[1]}
        word, data = told[states]
        shown = lifecycle.shown(move.row)
        events.append(
            Event(
                type=word,
                entity=lifecycle.entity,
                entity_id=move.row.id,
                version=move.row.version,
                data={**data, **shown} if shown else data,
            )
        )
    return events
