"""The audit row and the record of each attempt, written as sets."""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.models import AuditEvent, TransitionRecord
from services.workflow.operations import sets
from services.workflow.operations.persons.writing import written
from services.workflow.operations.transitions.checked import Checked
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move
from shared.auditing.classification import Classes, classes_of, diff
from shared.auditing.models import EventType, Level
from shared.auditing.writing import Entry, record_alike, record_many
from shared.redaction import redact
from shared.tenancy import context_of, tenant_of

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Timing:
    """`seconds` in the state before by item; execution time per item and the lock wait of the set in milliseconds."""

    seconds: Mapping[int, float | None]
    execution_ms: float
    lock_wait_ms: float


def record_moves(
    session: Session,
    lifecycle: Lifecycle,
    moves: Sequence[Move],
    before: Mapping[int, Mapping[str, Any]],
    timing: Timing,
) -> list[int]:
    """One audit row and one record for each move; returns the ids of the records in the order of the moves."""
    firsts: dict[Hashable, Move] = {}
    looks = [_look(lifecycle, move, before[move.row.id]) for move in moves]
    for look, move in zip(looks, moves, strict=True):
        firsts.setdefault(look, move)
    places = {look: place for place, look in enumerate(firsts)}
    which, ids = [places[look] for look in looks], [move.row.id for move in moves]
    classes = classes_of(lifecycle.table)
    entries = [
        _entry(lifecycle, move, before[move.row.id], classes, message=written(session, move.ask.comments))
        for move in firsts.values()
    ]
    audits = record_alike(session, AuditEvent, entries, which, ids)
    rows = [_record(session, lifecycle, move) | _times(timing) for move in firsts.values()]
    own = {
        "entity_id": ids,
        "audit_id": [audit.id for audit in audits],
        "seconds_in_state": [timing.seconds[number] for number in ids],
    }
    return sets.insert_alike(session, TransitionRecord, rows, which, own)


def _look(lifecycle: Lifecycle, move: Move, before: Mapping[str, Any]) -> Hashable:
    """What audit row and record say of a move, but for the item itself; by identity where that is enough."""
    written = repr([(name, value, getattr(move.row, name)) for name, value in before.items()]) if before else ""
    version, behind = move.row.machine_version, _behind(lifecycle, move)
    shared = (version, id(move.edge), id(move.warnings), id(move.metadata), lifecycle.level(move), behind, _story(move))
    return (move.from_state, move.to_state, written, *shared)


def _record(session: Session, lifecycle: Lifecycle, move: Move) -> dict[str, Any]:
    """The columns of a record that moves which look alike share."""
    values = attempt_values(session, lifecycle, move.row, move.from_state, move.to_state, move.ask)
    del values["entity_id"]
    return values | {"on_behalf_of": _behind(lifecycle, move), "metadata": redact(dict(move.metadata))}


def record_refusal(
    session: Session, lifecycle: Lifecycle, item: Checked, ask: Ask, *, audit_id: int | None, timing: Timing
) -> None:
    """The record of a refused attempt, and its audit row unless a denial has one."""
    values = refused_values(session, lifecycle, item, ask)
    if audit_id is None:
        (audit,) = record_many(session, AuditEvent, [_refused_entry(lifecycle, item, values)])
        audit_id = audit.id
    sets.insert_rows(session, TransitionRecord, [values | {"audit_id": audit_id} | _times(timing)])


def refused_values(session: Session, lifecycle: Lifecycle, item: Checked, ask: Ask) -> dict[str, Any]:
    assert item.verdict is not None  # what was not found is no attempt
    attempt = attempt_values(session, lifecycle, item.row, item.verdict.from_state, item.verdict.to_state, ask)
    return attempt | {"success": False, "error_codes": [finding.code for finding in item.findings]}


def attempt_values(
    session: Session, lifecycle: Lifecycle, row: Any, from_state: str, to_state: str, ask: Ask
) -> dict[str, Any]:
    """Columns of a transition record, redacted; a success unless they are laid over."""
    return {
        "tenant_id": tenant_of(session),
        "correlation_id": context_of(session).correlation_id,
        "machine": lifecycle.machine,
        "machine_version": lifecycle.machine_of(row).version,
        "entity": lifecycle.entity,
        "entity_id": row.id,
        "from_state": from_state,
        "to_state": to_state.strip()[:50],
        "success": True,
        "error_codes": [],
        "actor": SYSTEM if ask.as_system else ask.actor,
        "on_behalf_of": ask.on_behalf_of,
        "reason": ask.reason,
        "client": ask.client,
        "comments": written(session, ask.comments),
        "metadata": redact(dict(ask.metadata)),
        "flags": list(lifecycle.flags(from_state, to_state)),
        "created_at": ask.timestamp,
    }


def _times(timing: Timing) -> dict[str, Any]:
    return {"execution_ms": round(timing.execution_ms, 3), "lock_wait_ms": round(timing.lock_wait_ms, 3)}


def _entry(lifecycle: Lifecycle, move: Move, before: Mapping[str, Any], classes: Classes, *, message: str) -> Entry:
    after = {name: getattr(move.row, name) for name in before}
    changes = {lifecycle.column: [move.from_state, move.to_state]} | diff(before, after, classes)
    return Entry(
        action=f"{lifecycle.entity}.{lifecycle.column}_changed",
        entity_type=lifecycle.entity,
        entity_id=move.row.id,
        event_type=EventType.STATE_CHANGED,
        level=lifecycle.level(move),
        message=message or None,
        changes=changes,
        metadata=_metadata(lifecycle, move) | ({"warnings": list(move.warnings)} if move.warnings else {}),
        classification=classes,
        security_flags=list(lifecycle.flags(move.from_state, move.to_state)),
        origin_correlation_id=_story(move),
    )


def _story(move: Move) -> uuid.UUID | None:
    """What an item was made for elsewhere goes on with what becomes of it here."""
    found: uuid.UUID | None = getattr(move.row, "origin_correlation_id", None)
    return found


def _refused_entry(lifecycle: Lifecycle, item: Checked, values: Mapping[str, Any]) -> Entry:
    assert item.verdict is not None
    told = {name: values[name] for name in ("from_state", "to_state", "reason", "client")}
    return Entry(
        action=f"{lifecycle.entity}.{lifecycle.column}_change_refused",
        entity_type=lifecycle.entity,
        entity_id=item.row.id,
        event_type=EventType.STATE_CHANGED,
        level=Level.WARNING,
        message=" ".join(finding.detail for finding in item.findings),
        metadata=told | {"success": False, "error_codes": values["error_codes"], "machine": lifecycle.machine},
        security_flags=values["flags"],
    )


def _metadata(lifecycle: Lifecycle, move: Move) -> dict[str, Any]:
    ask = move.ask
    told: dict[str, Any] = {"machine": lifecycle.machine, "reason": ask.reason, "client": ask.client, "success": True}
    told |= {"metadata": dict(move.metadata)} if move.metadata else {}
    if ask.as_system:
        return told | {"system": True, "on_behalf_of": ask.on_behalf_of}
    behind = _behind(lifecycle, move)
    return told | ({"on_behalf_of": behind} if behind else {})


def _behind(lifecycle: Lifecycle, move: Move) -> str | None:
    """For whom the actor acts: whom the system is told, or who lends the permission."""
    return move.ask.on_behalf_of or move.ask.lender(lifecycle.needed(move.row, move.edge))
