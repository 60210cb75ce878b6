"""Chronicles and gamelines: what their fields must keep, and what becomes of characters when one goes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.validation.domain.rules.tables import TABLES
from services.validation.models import (
    AuditEvent,
    Character,
    Chronicle,
    Gameline,
    Group,
    Scene,
    Story,
    StRelationship,
    Tariff,
)
from services.validation.operations import faults
from shared import editing
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.rows import noun
from shared.tenancy import tenant_of

# Of a new chronicle, unless somebody says otherwise.
USUAL = {"year": 2022}


def check_chronicle(session: Session, row: Chronicle | None, values: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid."""
    known = TABLES["chronicles"].fields
    stored: Mapping[str, Any] = USUAL if row is None else {name: getattr(row, name) for name in known}
    faults.demand(session, "chronicles", {**stored, **values}, changed=values)
    return values


def check_storyteller(session: Session, row: StRelationship | None, values: dict[str, Any]) -> dict[str, Any]:
    """Raises UnknownReference, Invalid."""
    editing.demand_reference(session, Chronicle, values.get("chronicle_id"), "/chronicle")
    editing.demand_reference(session, Gameline, values.get("gameline_id"), "/gameline")
    known = TABLES["st_relationships"].fields
    stored = {} if row is None else {name: getattr(row, name) for name in known}
    faults.refuse(faults.own_faults(session, "st_relationships", {**stored, **values}, changed=values))
    return values


def delete_chronicle(session: Session, chronicle: Chronicle) -> None:
    """Its storytellers go along; characters and what was played stay, without it. Raises InUse where a limit profile is
    about it."""
    for model in (Character, Group, Scene, Story):
        _leave(session, model.chronicle_id, chronicle.id)
    _go_along(session, StRelationship.chronicle_id, chronicle.id)
    editing.delete(session, chronicle)


def delete_gameline(session: Session, gameline: Gameline) -> None:
    """Its storytellers and prices go along; characters stay, without it. Raises InUse where a limit profile or a trait
    is about it."""
    _leave(session, Character.gameline_id, gameline.id)
    for model in (StRelationship, Tariff):
        _go_along(session, model.gameline_id, gameline.id)
    editing.delete(session, gameline)


def _leave(session: Session, column: InstrumentedAttribute[int | None], row_id: int) -> None:
    """Empties the reference of all rows, with an audit row each."""
    model: Any = column.class_
    leaving = (
        update(model)
        .where(model.tenant_id == tenant_of(session), column == row_id)
        .values({column: None, model.version: model.version + 1})
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    changes, entity = {column.key: [row_id, None]}, _entity(model)
    left = [Entry(f"{entity}.updated", entity, one, changes=changes) for one in session.scalars(leaving)]
    record_many(session, AuditEvent, left)


def _go_along(session: Session, column: InstrumentedAttribute[int | None], row_id: int) -> None:
    """Removes the rows that are nothing without it, with an audit row each."""
    model: Any = column.class_
    going = (
        delete(model)
        .where(model.tenant_id == tenant_of(session), column == row_id)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    entity = _entity(model)
    gone = [Entry(f"{entity}.deleted", entity, one, EventType.DELETED) for one in session.scalars(going)]
    record_many(session, AuditEvent, gone)


def _entity(model: type[Any]) -> str:
    return noun(model).replace(" ", "_")
