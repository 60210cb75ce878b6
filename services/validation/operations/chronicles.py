"""Chronicles and gamelines: what their fields must keep, and what becomes of characters when one goes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.validation.domain.rules.tables import TABLES
from services.validation.models import AuditEvent, Character, Chronicle, Gameline, StRelationship
from services.validation.operations import faults
from shared import editing
from shared.auditing.writing import Entry, record_many
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
    """Characters stay, without it. Raises InUse where a limit profile is about it."""
    _leave(session, Character.chronicle_id, chronicle.id)
    editing.delete(session, chronicle)


def delete_gameline(session: Session, gameline: Gameline) -> None:
    """Characters stay, without it. Raises InUse where a limit profile or a trait is about it."""
    _leave(session, Character.gameline_id, gameline.id)
    editing.delete(session, gameline)


def _leave(session: Session, column: InstrumentedAttribute[int | None], row_id: int) -> None:
    """Empties the reference of all characters, with an audit row each."""
    leaving = (
        update(Character)
        .where(Character.tenant_id == tenant_of(session), column == row_id)
        .values({column: None, Character.version: Character.version + 1})
        .returning(Character.id)
        .execution_options(synchronize_session=False)
    )
    changes = {column.key: [row_id, None]}
    gone = [Entry("character.updated", "character", one, changes=changes) for one in session.scalars(leaving)]
    record_many(session, AuditEvent, gone)
