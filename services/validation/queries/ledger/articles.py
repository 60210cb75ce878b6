"""Traits of a character as things to buy, with their tariffs and what is reserved for them already."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from services.validation.domain.ledger.articles import KINDS, column_article
from services.validation.domain.ledger.requests import State
from services.validation.domain.ledger.tariffs import Article, Tariff
from services.validation.models import Character, CharacterTrait, TraitDefinition, XpSpendRequest
from services.validation.models import Tariff as TariffRow


@dataclass(frozen=True, slots=True)
class Priced:
    """A trait, the tariff that holds for it, and the id of a pending request for it."""

    article: Article
    tariff: Tariff | None
    pending: int | None


def article_of(session: Session, character: Character, code: str) -> Article | None:
    """The trait as it stands on the character; None where it is unknown, withdrawn or of another gameline."""
    if code in KINDS:
        return column_article(code, lambda name: _value(character, name))
    row = session.execute(_defined(character).where(TraitDefinition.code == code)).one_or_none()
    return None if row is None else _article(row[0], row[1])


def priced(session: Session, character: Character, article: Article) -> Priced:
    pending = (
        select(XpSpendRequest.id)
        .where(
            XpSpendRequest.tenant_id == character.tenant_id,
            XpSpendRequest.character_id == character.id,
            XpSpendRequest.trait == article.code,
            XpSpendRequest.state == State.PENDING,
        )
        .scalar_subquery()
    )
    # The tariff of the gameline goes before the general one.
    row = session.execute(
        select(TariffRow, pending)
        .where(*_fitting(character), TariffRow.kind == article.kind, TariffRow.class_ == article.trait_class)
        .order_by(TariffRow.gameline_id.asc().nulls_last())
        .limit(1)
    ).one_or_none()
    return Priced(article, None, None) if row is None else Priced(article, _tariff(row[0]), row[1])


def articles(session: Session, character: Character) -> list[Article]:
    """All traits that the character may have, columns first, then by code."""
    columns = [column_article(code, lambda name: _value(character, name)) for code in KINDS]
    defined = session.execute(_defined(character).order_by(TraitDefinition.code))
    return [*columns, *(_article(row[0], row[1]) for row in defined)]


def tariffs(session: Session, character: Character) -> list[Tariff]:
    return [_tariff(row) for row in session.scalars(select(TariffRow).where(*_fitting(character)))]


def pending_traits(session: Session, character: Character) -> Sequence[str]:
    return session.scalars(
        select(XpSpendRequest.trait).where(
            XpSpendRequest.tenant_id == character.tenant_id,
            XpSpendRequest.character_id == character.id,
            XpSpendRequest.state == State.PENDING,
        )
    ).all()


def _fitting(character: Character) -> tuple[ColumnElement[bool], ...]:
    own = or_(TariffRow.gameline_id.is_(None), TariffRow.gameline_id == character.gameline_id)
    return TariffRow.tenant_id == character.tenant_id, own


def _defined(character: Character) -> Select[TraitDefinition, int]:
    rating = (CharacterTrait.tenant_id == TraitDefinition.tenant_id) & (
        CharacterTrait.trait_definition_id == TraitDefinition.id
    )
    return (
        select(TraitDefinition, func.coalesce(CharacterTrait.rating, 0))
        .outerjoin(CharacterTrait, rating & (CharacterTrait.character_id == character.id))
        .where(
            TraitDefinition.tenant_id == character.tenant_id,
            TraitDefinition.active,
            or_(TraitDefinition.gameline_id.is_(None), TraitDefinition.gameline_id == character.gameline_id),
        )
    )


def _article(definition: TraitDefinition, rating: int) -> Article:
    return Article(
        code=definition.code,
        label=definition.label,
        kind=definition.kind,
        trait_class=definition.class_,
        multiplier=definition.multiplier,
        current=rating,
        lowest=definition.min,
        highest=definition.max,
    )


def _tariff(row: TariffRow) -> Tariff:
    return Tariff(
        kind=row.kind,
        trait_class=row.class_,
        gameline=row.gameline_id,
        factor=row.factor,
        new_price=row.new_price,
        change_price=row.change_price,
        cap=row.cap,
    )


def _value(character: Character, name: str) -> int:
    value: int = getattr(character, name)
    return value
