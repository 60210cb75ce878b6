"""Writes the rating of a trait that points have bought, or gives it back."""

from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.validation.domain.ledger.articles import KINDS
from services.validation.domain.ledger.tariffs import Article
from services.validation.domain.traits import TEMPORARY_WILLPOWER, WILLPOWER
from services.validation.models import Character, CharacterTrait, TraitDefinition
from shared.auditing.writing import Entry
from shared.errors import Invalid
from shared.tenancy import context_of, tenant_of

_RULES = {WILLPOWER: "permanent_willpower_range"}


def raise_trait(session: Session, character: Character, article: Article, rating: int) -> Entry:
    """Stores the rating; returns what the audit log says about it. Raises Invalid with the rule that it breaks."""
    if not article.lowest <= rating <= article.highest:
        rule = _RULES.get(article.code, f"{article.code}_range")
        detail = f"{article.label} lies between {article.lowest} and {article.highest}; {rating} does not."
        raise Invalid.field("/trait_value", rule, detail)
    if article.code in KINDS:
        changed = _columns(character, article.code, rating)
    else:
        _store(session, character, article.code, rating)
        changed = {article.code: [article.current, rating]}
    session.flush()
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


def _store(session: Session, character: Character, code: str, rating: int) -> None:
    """A rating of 0 is no row. The character's version tells readers that a trait has changed."""
    definition = (
        select(TraitDefinition.id)
        .where(TraitDefinition.tenant_id == character.tenant_id, TraitDefinition.code == code)
        .scalar_subquery()
    )
    if rating:
        session.execute(
            insert(CharacterTrait)
            .values(
                tenant_id=tenant_of(session),
                character_id=character.id,
                trait_definition_id=definition,
                rating=rating,
                created_by=context_of(session).actor,
            )
            .on_conflict_do_update(
                constraint="unique_trait_of_character", set_={"rating": rating, "updated_at": func.now()}
            )
        )
    else:
        session.execute(
            delete(CharacterTrait).where(
                CharacterTrait.tenant_id == character.tenant_id,
                CharacterTrait.character_id == character.id,
                CharacterTrait.trait_definition_id == definition,
            )
        )
    character.updated_at = datetime.now(UTC)
