"""Who sees a character and who decides about it, as conditions over its row or over the values of a new one."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    exists,
    false,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from services.validation.config import STAFF
from services.validation.models import Character, Chronicle, StRelationship
from shared.tenancy import Context, tenant_of

VIEW_ALL = "character.view_all"
# A column, or what a new character would have there.
Place = Any


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as values or as parameters of a statement that is built once."""

    tenant_id: Any
    actor: Any


PARAMETERS = Caller(bindparam("tenant", type_=Uuid), bindparam("actor", type_=Text))


def is_head(session: Session, context: Context, chronicle: Place) -> ColumnElement[bool]:
    """The caller is the head storyteller of the chronicle."""
    return _heads(_caller(session, context), chronicle)


def is_storyteller(session: Session, context: Context, chronicle: Place, gameline: Place) -> ColumnElement[bool]:
    """What ties the caller to a character as one who decides about it."""
    return _tied(_caller(session, context), chronicle, gameline)


@cache
def one_seen(*, view_all: bool, lock: bool) -> Select[Character, bool, bool]:
    """A character, whether `PARAMETERS` see it and are a storyteller of it; `id` is a parameter more. Built once."""
    seen = true() if view_all else _seen_by(PARAMETERS)
    tied = _tied(PARAMETERS, Character.chronicle_id, Character.gameline_id)
    found = select(Character, seen, tied).where(
        Character.tenant_id == PARAMETERS.tenant_id, Character.id == bindparam("id", type_=BigInteger)
    )
    if lock:
        # What the session had loaded before is read again: its old values are not what was locked.
        found = found.with_for_update(of=Character).execution_options(populate_existing=True)
    return found


def _caller(session: Session, context: Context) -> Caller:
    return Caller(tenant_of(session), context.actor)


def _heads(caller: Caller, chronicle: Place) -> ColumnElement[bool]:
    return exists().where(
        Chronicle.tenant_id == caller.tenant_id, Chronicle.id == _value(chronicle), Chronicle.head_st == caller.actor
    )


def _tied(caller: Caller, chronicle: Place, gameline: Place) -> ColumnElement[bool]:
    """As head, or as storyteller of exactly this gameline in the chronicle; nobody is one of no gameline."""
    tells = exists().where(
        StRelationship.tenant_id == caller.tenant_id,
        StRelationship.chronicle_id == _value(chronicle),
        StRelationship.gameline_id == _value(gameline),
        StRelationship.user_id == caller.actor,
    )
    return or_(_heads(caller, chronicle), tells)


def approves(session: Session, context: Context) -> ColumnElement[bool]:
    """The caller decides about the character of the row."""
    if STAFF in context.permissions:
        return true()
    return is_storyteller(session, context, Character.chronicle_id, Character.gameline_id)


def sees(session: Session, context: Context) -> ColumnElement[bool]:
    """The caller sees the character of the row."""
    if VIEW_ALL in context.permissions:
        return true()
    if context.actor is None:
        return false()
    return _seen_by(_caller(session, context))


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    return or_(
        Character.owner == caller.actor,
        Character.visibility == "PUB",
        Character.chronicle_id.in_(_watched(caller)),
        (Character.visibility == "CHR") & Character.chronicle_id.in_(_played(caller)),
    )


def _watched(caller: Caller) -> Any:
    """Chronicles that the caller heads, tells in any gameline, or may look at."""
    actor = literal(caller.actor) if isinstance(caller.actor, str) else caller.actor
    watched = select(Chronicle.id).where(
        Chronicle.tenant_id == caller.tenant_id,
        or_(Chronicle.head_st == actor, actor == any_(Chronicle.game_storytellers)),
    )
    told = select(StRelationship.chronicle_id).where(
        StRelationship.tenant_id == caller.tenant_id,
        StRelationship.user_id == actor,
        StRelationship.chronicle_id.is_not(None),
    )
    return watched.union_all(told)


def _played(caller: Caller) -> Any:
    """Chronicles in which the caller has a character."""
    own = aliased(Character)
    return select(own.chronicle_id).where(
        own.tenant_id == caller.tenant_id, own.owner == caller.actor, own.chronicle_id.is_not(None)
    )


def _value(place: Place) -> Any:
    # Null in SQL equals nothing; None in Python would ask for rows without a value.
    return literal(place, BigInteger) if place is None or isinstance(place, int) else place
