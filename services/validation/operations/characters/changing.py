"""Edits and deletes characters."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from services.validation.domain.editing import coupled_willpower, kept_from_owner
from services.validation.errors import FieldNotPermitted, HasLedger, LimitInUse, NotEditor
from services.validation.models import Character
from services.validation.operations import faults
from services.validation.operations.characters import ratings
from services.validation.operations.characters.creating import EDIT_ALL, EDIT_OWN
from services.validation.operations.characters.placing import PLACE, place_faults
from services.validation.operations.limits import limits_for
from services.validation.operations.standing import Standing
from shared import editing
from shared.auditing.classification import classes_of, diff
from shared.auth import demand
from shared.tenancy import context_of

Values = Mapping[str, Any]


def change(session: Session, character: Character, sent: Values) -> bool:
    """Changes a locked character for who may edit it; returns whether anything changed.

    Raises Invalid with everything that is wrong, LimitInUse.
    """
    stored = row_of(character)
    values = {name: value for name, value in sent.items() if name != "traits" and value != stored[name]}
    values |= _coupled(character, sent)
    after = stored | values
    is_placed = not values.keys().isdisjoint(PLACE)
    limits = limits_for(session, after) if is_placed else {}
    known = ratings.ratings_of(session, [character.id]).get(character.id, {}) if sent.get("traits") else {}
    traits = ratings.planned(
        session, known, sent.get("traits", {}), gameline=after["gameline_id"], character_id=character.id
    )
    also = [*(place_faults(session, after) if is_placed else ()), *traits.faults]
    faults.demand(session, "characters", after | limits, changed=values, sent=sent, also=also)
    _demand_room(character, after | limits, limits)
    return _store(session, character, values | limits, traits)


def delete(session: Session, character: Character) -> None:
    """Participations and memberships go along. Raises HasLedger."""
    if character.ledger_entries:
        raise HasLedger("This character has a ledger, which stays; retire it instead.")
    editing.delete(session, character)


def demand_editor(session: Session, character: Character, how: Standing, fields: Collection[str]) -> None:
    """Raises NotEditor, and FieldNotPermitted for what its owner may not write, or not any more."""
    context = context_of(session)
    if how.is_approver or EDIT_ALL in context.permissions:
        return
    if not how.is_owner:
        raise NotEditor
    demand(context, EDIT_OWN)
    kept = kept_from_owner(fields, character.status)
    if kept:
        raise FieldNotPermitted(kept)


def row_of(character: Character) -> dict[str, Any]:
    """Column to value."""
    return {column.key: getattr(character, column.key) for column in Character.__mapper__.column_attrs}


def _coupled(character: Character, sent: Values) -> dict[str, int]:
    """A lower permanent willpower takes the temporary one along."""
    if "willpower" not in sent or sent["willpower"] >= character.willpower:
        return {}
    temporary = coupled_willpower(character.temporary_willpower, sent["willpower"], sent)
    return {} if temporary == character.temporary_willpower else {"temporary_willpower": temporary}


def _demand_room(character: Character, after: Values, limits: Values) -> None:
    """Raises LimitInUse where stored values lie outside of the limits of the new place."""
    moved = [name for name, value in limits.items() if value != getattr(character, name)]
    broken = faults.faults_of("characters", after, changed=moved) if moved else []
    if broken:
        raise LimitInUse({fault.code: 1 for fault in broken}, [character.id])


def _store(session: Session, character: Character, values: Values, traits: ratings.Change) -> bool:
    before = {name: getattr(character, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed and not traits.changes:
        return False
    for name, value in changed.items():
        setattr(character, name, value)
    character.updated_at = func.now()  # also where only traits have changed, so that the version counts it
    ratings.put(session, character.id, traits)
    editing.flush(session, "character")
    session.refresh(character)
    told = diff({name: before[name] for name in changed}, changed, classes_of(Character.__table__))  # type: ignore[arg-type]
    told |= {f"traits.{code}": old_and_new for code, old_and_new in traits.changes.items()}
    editing.audit(session, character, "updated", changes=told)
    return True
