"""Writes the rating of a trait that points have bought, or gives it back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.validation.domain.ledger.articles import KINDS
from services.validation.domain.ledger.tariffs import Article
from services.validation.domain.rules.tables import TABLES
from services.validation.domain.traits import TEMPORARY_WILLPOWER, WILLPOWER
from services.validation.models import Base, Character, TraitDefinition
from services.validation.operations import faults
from services.validation.operations.characters import ratings
from shared.auditing.writing import Entry
from shared.errors import FieldError, Invalid
from shared.tenancy import context_of, tenant_of

_RULES = {WILLPOWER: "permanent_willpower_range"}


def raise_trait(session: Session, character: Character, article: Article, rating: int) -> Entry:
    """Stores the rating with the next flush; returns what the audit log says about it. Raises Invalid with the rule
    that it breaks."""
    if not article.lowest <= rating <= article.highest:
        rule = _RULES.get(article.code, f"{article.code}_range")
        detail = f"{article.label} lies between {article.lowest} and {article.highest}; {rating} does not."
        raise Invalid.field("/trait_value", rule, detail)
    if article.code in KINDS:
        changed = _columns(character, article.code, rating)
        row = {name: getattr(character, name) for name in TABLES["characters"].fields}
        broken = faults.own_faults(session, "characters", row, changed)
    else:
        broken = _own_faults(session, character, article.code, rating)
        _store(session, character, article.code, rating)
        changed = {article.code: [article.current, rating]}
    faults.refuse([replace(one, pointer="/trait_value") for one in broken])
    return Entry(
        action="character.updated",
        entity_type="character",
        entity_id=character.id,
        changes=changed,
        classification=dict.fromkeys(changed, "internal"),
    )


def _columns(character: Character, code: str, rating: int) -> dict[str, list[int]]:
    before = {code: getattr(character, code)}
    setattr(character, code, rating)
    if code == WILLPOWER:
        # A point bought raises both; the temporary one stays within the permanent one and its own limit.
        temporary = character.temporary_willpower
        raised = temporary + max(rating - before[code], 0)
        before[TEMPORARY_WILLPOWER] = temporary
        character.temporary_willpower = max(0, min(raised, rating, character.temporary_willpower_max))
    return {name: [old, getattr(character, name)] for name, old in before.items() if getattr(character, name) != old}


def _own_faults(session: Session, character: Character, code: str, rating: int) -> list[FieldError]:
    """Of a trait that is no column. Who has no rules of his own is not asked for its definition."""
    if not faults.own_rules(session, ratings.TABLE):
        return []
    named = select(TraitDefinition).where(TraitDefinition.tenant_id == tenant_of(session), TraitDefinition.code == code)
    definitions = {code: session.scalars(named).one()}
    return ratings.own_faults(session, character.id, {code: rating}, definitions).get(code, [])


def _store(session: Session, character: Character, code: str, rating: int) -> None:
    """A rating of 0 is no row. The character's version tells readers that a trait has changed."""
    place = {"tenant": tenant_of(session), "character": character.id, "code": code}
    if rating:
        session.execute(_PUT, place | {"rating": rating, "actor": context_of(session).actor})
    else:
        session.execute(_REMOVE, place)
    character.updated_at = datetime.now(UTC)


_TRAITS: Final = Base.metadata.tables["character_traits"]
_TENANT, _CHARACTER = bindparam("tenant", type_=Uuid), bindparam("character", type_=BigInteger)
_ACTOR, _RATING = bindparam("actor", type_=Text), bindparam("rating", type_=Integer)
_DEFINITION: Final = (
    select(TraitDefinition.id)
    .where(TraitDefinition.tenant_id == _TENANT, TraitDefinition.code == bindparam("code", type_=Text))
    .scalar_subquery()
)
# Built once; inside of a select, where parameters are not taken for columns.
_STORED: Final = insert(_TRAITS).from_select(
    ["tenant_id", "character_id", "trait_definition_id", "rating", "created_by"],
    select(_TENANT, _CHARACTER, _DEFINITION, _RATING, _ACTOR),
    include_defaults=False,
)
_PUT: Final = select(
    _STORED.on_conflict_do_update(
        constraint="unique_trait_of_character", set_={"rating": _STORED.excluded.rating, "updated_at": func.now()}
    )
    .returning(_TRAITS.c.id)
    .cte("stored")
    .c.id
)
_REMOVE: Final = select(
    delete(_TRAITS)
    .where(
        _TRAITS.c.tenant_id == _TENANT,
        _TRAITS.c.character_id == _CHARACTER,
        _TRAITS.c.trait_definition_id == _DEFINITION,
    )
    .returning(_TRAITS.c.id)
    .cte("gone")
    .c.id
)
