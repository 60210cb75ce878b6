"""Who sees a character and who decides about it, as conditions over its row or over the values of a new one."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, exists, false, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from services.validation.config import STAFF
from services.validation.models import Character, Chronicle, StRelationship
from shared.tenancy import Context, tenant_of

VIEW_ALL = "character.view_all"
# A column, or what a new character would have there.
Place = Any


def is_head(session: Session, context: Context, chronicle: Place) -> ColumnElement[bool]:
    """The caller is the head storyteller of the chronicle."""
    return exists().where(
        Chronicle.tenant_id == tenant_of(session),
        Chronicle.id == _value(chronicle),
        Chronicle.head_st == context.actor,
    )


def tells(session: Session, context: Context, chronicle: Place, gameline: Place) -> ColumnElement[bool]:
    """The caller is a storyteller of exactly this gameline in the chronicle; nobody is one of no gameline."""
    return exists().where(
        StRelationship.tenant_id == tenant_of(session),
        StRelationship.chronicle_id == _value(chronicle),
        StRelationship.gameline_id == _value(gameline),
        StRelationship.user_id == context.actor,
    )


def is_storyteller(session: Session, context: Context, chronicle: Place, gameline: Place) -> ColumnElement[bool]:
    """What ties the caller to a character as one who decides about it."""
    return or_(is_head(session, context, chronicle), tells(session, context, chronicle, gameline))


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
    return or_(
        Character.owner == context.actor,
        Character.visibility == "PUB",
        Character.chronicle_id.in_(_watched(session, context)),
        (Character.visibility == "CHR") & Character.chronicle_id.in_(_played(session, context)),
    )


def _watched(session: Session, context: Context) -> Any:
    """Chronicles that the caller heads, tells in any gameline, or may look at."""
    tenant_id, actor = tenant_of(session), context.actor
    watched = select(Chronicle.id).where(
        Chronicle.tenant_id == tenant_id,
        or_(Chronicle.head_st == actor, literal(actor) == any_(Chronicle.game_storytellers)),
    )
    told = select(StRelationship.chronicle_id).where(
        StRelationship.tenant_id == tenant_id,
        StRelationship.user_id == actor,
        StRelationship.chronicle_id.is_not(None),
    )
    return watched.union_all(told)


def _played(session: Session, context: Context) -> Any:
    """Chronicles in which the caller has a character."""
    own = aliased(Character)
    return select(own.chronicle_id).where(
        own.tenant_id == tenant_of(session), own.owner == context.actor, own.chronicle_id.is_not(None)
    )


def _value(place: Place) -> Any:
    # Null in SQL equals nothing; None in Python would ask for rows without a value.
    return literal(place, BigInteger) if place is None or isinstance(place, int) else place
