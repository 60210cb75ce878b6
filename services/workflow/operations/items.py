"""Creates, edits, assigns and deletes items of any kind; edits and assignments work on sets of locked rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.errors import FieldNotPermitted, NotDeletable, TerminalState
from services.workflow.models import AuditEvent, Step
from services.workflow.operations import sets
from services.workflow.operations.entities import Entity, Values, is_ended
from services.workflow.operations.entry import settings_of
from services.workflow.operations.numbers import next_number
from services.workflow.operations.outgoing import Event, emit
from services.workflow.operations.search.indexing import INDEXED, forget_items, index_items
from services.workflow.operations.timers import following
from shared import editing
from shared.auditing.classification import Classes, classes_of, diff
from shared.auditing.writing import Entry, record_many
from shared.errors import Invalid
from shared.rows import noun
from shared.tenancy import context_of, tenant_of


def create(session: Session, entity: Entity, values: Values) -> Any:
    """A new item in the first state of the newest definition. Raises UnknownReference, AlreadyExists."""
    demand_references(session, entity, values)
    machine = entity.lifecycle.newest
    values = entity.prepare(session, None, dict(values))
    if entity.prefix and not values.get("number"):
        values["number"] = next_number(session, entity.model, entity.prefix)
    row = editing.create(session, entity.model, {"state": machine.initial, "machine_version": machine.version} | values)
    following.start(session, entity.lifecycle, [row], row.created_at)
    entity.created(session, row)
    index_items(session, entity.model, [row.id])
    emit(session, [Event(type=f"{entity.name}.created", entity=entity.name, entity_id=row.id)])
    return row


def edit(session: Session, entity: Entity, row: Any, values: Values) -> bool:
    """Changes a locked item; returns whether anything changed.

    Raises TerminalState, FieldNotPermitted, UnknownReference, and what the entity's own checks raise.
    """
    demand_not_ended(entity, row)
    demand_permitted(session, entity, values)
    demand_references(session, entity, values)
    return bool(store(session, entity, [(row, entity.prepare(session, row, dict(values)))], "updated"))


def assign(session: Session, entity: Entity, row: Any, *, user: str | None, team: str | None) -> bool:
    """A request that names only one of person and team clears the other; both may be named. Raises TerminalState."""
    demand_not_ended(entity, row)
    return bool(assign_all(session, entity, [row], user=user, team=team))


def assign_all(
    session: Session, entity: Entity, items: Sequence[Any], *, user: str | None, team: str | None
) -> list[Any]:
    """Assigns locked items that have not ended; returns those that changed."""
    if user is None and team is None:
        raise Invalid.field("/assigned_to_user", "assignee_missing", "Name assigned_to_user, assigned_to_team or both.")
    to = {"assigned_to_user": user, "assigned_to_team": team}
    changed = store(session, entity, [(row, to) for row in items], "assigned")
    context = context_of(session)
    steps = [
        {
            "tenant_id": tenant_of(session),
            "correlation_id": context.correlation_id,
            "entity": entity.name,
            "entity_id": row.id,
            "kind": "assignment",
            "decision": "assigned",
            "data": to,
            "actor": context.actor,
        }
        for row in changed
    ]
    sets.insert_rows(session, Step, steps)
    return changed


def store(session: Session, entity: Entity, changes: Sequence[tuple[Any, Mapping[str, Any]]], verb: str) -> list[Any]:
    """Writes what differs, with audit rows and events; returns the rows that changed. A constant number of statements.

    Nothing is checked here but the versions of the rows.
    """
    differing = [(row, _differing(row, values)) for row, values in changes]
    wanted = [(row, values) for row, values in differing if values]
    before = {row.id: {name: getattr(row, name) for name in values} for row, values in wanted}
    sets.update_rows(session, entity.model, wanted)
    names = {name for _row, values in wanted for name in values}
    following.aim(session, entity.lifecycle, [row for row, _values in wanted], names)
    if settings_of(session).enable_audit_signals:
        classes = classes_of(entity.lifecycle.table)
        entries = [_entry(entity, row, diff(before[row.id], values, classes), classes, verb) for row, values in wanted]
        record_many(session, AuditEvent, entries)
    index_items(session, entity.model, [row.id for row, values in wanted if values.keys() & INDEXED])
    emit(
        session, [Event(type=f"{entity.name}.{verb}", entity=entity.name, entity_id=row.id) for row, _values in wanted]
    )
    return [row for row, _values in wanted]


def delete(session: Session, entity: Entity, row: Any) -> None:
    """Only what has not begun, or was cancelled, may go; what depends on it goes along."""
    machine = entity.lifecycle.machine_of(row)
    if row.state in machine.terminal - {"CANCELLED"}:
        raise TerminalState(f"A {noun(entity.model)} that is {row.state} stays.", state=row.state)
    if row.state not in (machine.initial, "CANCELLED"):
        detail = f"A {noun(entity.model)} can be deleted while it is {machine.initial} or CANCELLED."
        raise NotDeletable(detail, state=row.state)
    editing.delete(session, row)
    following.forget(session, entity.lifecycle, [row.id])
    forget_items(session, entity.name, [row.id])
    emit(session, [Event(type=f"{entity.name}.deleted", entity=entity.name, entity_id=row.id)])


def demand_not_ended(entity: Entity, row: Any) -> None:
    if is_ended(entity, row):
        detail = f"The {noun(entity.model)} is {row.state}; it takes no more changes."
        raise TerminalState(detail, state=row.state)


def demand_permitted(session: Session, entity: Entity, values: Mapping[str, Any]) -> None:
    """Raises FieldNotPermitted for fields of the second group without `<area>.update_all`."""
    wider = f"{entity.area}.update_all"
    second = sorted(values.keys() & (entity.editable_by_all | entity.by_patch))
    if second and wider not in context_of(session).permissions:
        raise FieldNotPermitted(wider, f"Without {wider} you cannot change {', '.join(second)}.")


def demand_references(session: Session, entity: Entity, values: Mapping[str, Any], *, folder: str = "") -> None:
    for name, model in entity.references.items():
        editing.demand_reference(session, model, values.get(name), f"{folder}/{name}")


def _differing(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def _entry(entity: Entity, row: Any, changes: Mapping[str, Any], classes: Classes, verb: str) -> Entry:
    return Entry(
        action=f"{entity.name}.{verb}",
        entity_type=entity.name,
        entity_id=row.id,
        changes=changes,
        classification=classes,
    )
