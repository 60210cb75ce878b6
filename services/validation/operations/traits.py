"""Definitions of traits: what a tenant has beside the traits that are columns."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.validation.domain.traits import COLUMN_CODES
from services.validation.errors import LimitInUse
from services.validation.models import CharacterTrait, Gameline, TraitDefinition
from shared import editing
from shared.errors import Invalid
from shared.tenancy import tenant_of

_FIRST = 20


def check_definition(session: Session, row: TraitDefinition | None, values: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid, and LimitInUse where ratings would lie outside of the new range."""
    if values.get("code") in COLUMN_CODES:
        raise Invalid.field("/code", "reserved_code", f"Every character has {values['code']} as it is.")
    editing.demand_reference(session, Gameline, values.get("gameline_id"), "/gameline")
    lowest = values.get("min", row.min if row else 0)
    highest = values.get("max", row.max if row else 5)
    if highest < lowest:
        raise Invalid.field("/max", "max_below_min", f"max must be at least min, which is {lowest}.")
    if row is not None:
        _demand_ratings_within(session, row, lowest, highest)
    return values


def _demand_ratings_within(session: Session, row: TraitDefinition, lowest: int, highest: int) -> None:
    if lowest <= row.min and highest >= row.max:
        return
    outside = select(CharacterTrait.character_id, func.count().over()).where(
        CharacterTrait.tenant_id == tenant_of(session),
        CharacterTrait.trait_definition_id == row.id,
        or_(CharacterTrait.rating < lowest, CharacterTrait.rating > highest),
    )
    found = session.execute(outside.order_by(CharacterTrait.character_id).limit(_FIRST)).all()
    if found:
        raise LimitInUse({f"{row.code}_range": found[0][1]}, [character_id for character_id, _count in found])
