"""Ratings in the traits that a tenant has defined; 0 is having none, and is not stored."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.validation.models import CharacterTrait, TraitDefinition
from services.validation.operations import faults
from shared.errors import FieldError
from shared.tenancy import context_of, tenant_of

Ratings = Mapping[str, int]
TABLE: Final = "character_traits"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the ratings of one character: by code [old, new], and the definitions by code."""

    changes: Mapping[str, list[int]]
    definitions: Mapping[str, TraitDefinition]
    faults: Collection[FieldError]


def ratings_of(session: Session, ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By character, code to rating; those without any are left out. One statement."""
    if not ids:
        return {}
    rows = (
        select(CharacterTrait.character_id, TraitDefinition.code, CharacterTrait.rating)
        .join(
            TraitDefinition,
            (TraitDefinition.tenant_id == CharacterTrait.tenant_id)
            & (TraitDefinition.id == CharacterTrait.trait_definition_id),
        )
        .where(CharacterTrait.tenant_id == tenant_of(session), CharacterTrait.character_id.in_(ids))
        .order_by(TraitDefinition.code)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for character_id, code, rating in session.execute(rows):
        found[character_id][code] = rating
    return found


def planned(
    session: Session, stored: Ratings, sent: Ratings, *, gameline: int | None, character_id: int | None = None
) -> Change:
    """What `sent` changes of the stored ratings; nothing is written yet. A new character has no id."""
    changes = {code: [stored.get(code, 0), rating] for code, rating in sent.items() if rating != stored.get(code, 0)}
    if not changes:
        return Change({}, {}, ())
    known = select(TraitDefinition).where(
        TraitDefinition.tenant_id == tenant_of(session), TraitDefinition.code.in_(changes)
    )
    definitions = {row.code: row for row in session.scalars(known)}
    wrong = [
        FieldError(f"/traits/{code}", *found)
        for code, (_old, new) in changes.items()
        if (found := _fault(definitions.get(code), code, new, gameline))
    ]
    known_ones = {code: new for code, (_old, new) in changes.items() if code in definitions}
    wrong += [
        replace(fault, pointer=f"/traits/{code}")
        for code, broken in own_faults(session, character_id, known_ones, definitions).items()
        for fault in broken
    ]
    return Change(changes, definitions, wrong)


def own_faults(
    session: Session, character_id: int | None, ratings: Ratings, definitions: Mapping[str, TraitDefinition]
) -> dict[str, list[FieldError]]:
    """By code, what new ratings break of the tenant's own rules for the API; having none breaks nothing."""
    rules, codes = faults.own_rules(session, TABLE), [code for code, rating in ratings.items() if rating]
    if not rules or not codes:
        return {}
    ids = [definitions[code].id for code in codes]
    stored = select(CharacterTrait.trait_definition_id, CharacterTrait.id).where(
        CharacterTrait.tenant_id == tenant_of(session),
        CharacterTrait.character_id == character_id,
        CharacterTrait.trait_definition_id.in_(ids),
    )
    known = dict(session.execute(stored).all())
    rows = [
        {"id": known.get(each), "character_id": character_id, "trait_definition_id": each, "rating": ratings[code]}
        for code, each in zip(codes, ids, strict=True)
    ]
    return dict(zip(codes, faults.by_row(session, rules, rows), strict=True))


def put(session: Session, character_id: int, change: Change) -> None:
    """Stores the change, in two statements at most."""
    gone = [change.definitions[code].id for code, (_old, new) in change.changes.items() if new == 0]
    here = (CharacterTrait.tenant_id == tenant_of(session), CharacterTrait.character_id == character_id)
    if gone:
        session.execute(delete(CharacterTrait).where(*here, CharacterTrait.trait_definition_id.in_(gone)))
    rows: list[dict[str, Any]] = [
        {
            "tenant_id": tenant_of(session),
            "character_id": character_id,
            "trait_definition_id": change.definitions[code].id,
            "rating": new,
            "created_by": context_of(session).actor,
        }
        for code, (_old, new) in change.changes.items()
        if new != 0
    ]
    if rows:
        entered = insert(CharacterTrait).values(rows)
        taken = {"rating": entered.excluded.rating, "updated_at": entered.excluded.updated_at}
        session.execute(entered.on_conflict_do_update(constraint="unique_trait_of_character", set_=taken))


def _fault(definition: TraitDefinition | None, code: str, rating: int, gameline: int | None) -> tuple[str, str] | None:
    if definition is None:
        return "unknown_trait", f"There is no trait {code}."
    if rating == 0:
        return None
    if not definition.active or definition.gameline_id not in (None, gameline):
        return "unknown_trait", f"The trait {code} is withdrawn or of another gameline."
    if not definition.min <= rating <= definition.max:
        return "trait_range", f"{code} must lie between {definition.min} and {definition.max}."
    return None
