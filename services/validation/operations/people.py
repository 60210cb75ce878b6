"""Forgets a person: rows stay, without the name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import any_, delete, func, literal, update
from sqlalchemy.orm import Session

from services.validation.models import AuditEvent, Character, Chronicle, StRelationship
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.tenancy import tenant_of

_UNSEEN = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Of how many rows the person is gone."""

    characters: int
    chronicles: int
    relationships: int


def forget(session: Session, user: str) -> Forgotten:
    """Empties who owns, heads and looks at what, and removes relationships; with an audit row for each."""
    here = tenant_of(session)
    owned = _changed(session, Character, Character.owner == user, {"owner": None})
    headed = _changed(session, Chronicle, Chronicle.head_st == user, {"head_st": None})
    lookers = {"game_storytellers": func.array_remove(Chronicle.game_storytellers, user)}
    watched = _changed(session, Chronicle, literal(user) == any_(Chronicle.game_storytellers), lookers)
    told = (
        delete(StRelationship)
        .where(StRelationship.tenant_id == here, StRelationship.user_id == user)
        .returning(StRelationship.id)
    )
    gone = session.scalars(told, execution_options=_UNSEEN).all()
    _record(session, "st_relationship", gone, EventType.DELETED)
    return Forgotten(len(owned), len({*headed, *watched}), len(gone))


def _changed(session: Session, model: type[Any], where: Any, values: dict[str, Any]) -> Sequence[int]:
    changing = (
        update(model)
        .where(model.tenant_id == tenant_of(session), where)
        .values(version=model.version + 1, updated_at=func.now(), **values)
        .returning(model.id)
    )
    ids = session.scalars(changing, execution_options=_UNSEEN).all()
    _record(session, model.__name__.lower(), ids, EventType.UPDATED)
    return ids


def _record(session: Session, entity: str, ids: Sequence[int], event_type: EventType) -> None:
    """Who it was does not stand in it."""
    verb = "deleted" if event_type is EventType.DELETED else "updated"
    told = [
        Entry(f"{entity}.{verb}", entity, row_id, event_type=event_type, message="A person was forgotten.")
        for row_id in ids
    ]
    record_many(session, AuditEvent, told)
