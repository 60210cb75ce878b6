"""Traits of a character as things to buy, with their tariffs and what is reserved for them already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Row, Text, Uuid, bindparam, func, or_, select
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
    row = session.execute(_ONE_DEFINED, _of(character) | {"code": code}).one_or_none()
    return None if row is None else _article(row)


def priced(session: Session, character: Character, article: Article) -> Priced:
    asked = {"code": article.code, "kind": article.kind, "class": article.trait_class}
    row = session.execute(_PRICE, _of(character) | asked).one_or_none()
    return Priced(article, None, None) if row is None else Priced(article, _tariff(row), row.pending)


def articles(session: Session, character: Character) -> list[Article]:
    """All traits that the character may have, columns first, then by code."""
    columns = [column_article(code, lambda name: _value(character, name)) for code in KINDS]
    return [*columns, *(_article(row) for row in session.execute(_ALL_DEFINED, _of(character)))]


def tariffs(session: Session, character: Character) -> list[Tariff]:
    return [_tariff(row) for row in session.execute(_TARIFFS, _of(character))]


def pending_traits(session: Session, character: Character) -> Sequence[str]:
    return session.scalars(_WAITING.with_only_columns(XpSpendRequest.trait), _of(character)).all()


def _of(character: Character) -> dict[str, Any]:
    """The parameters of all statements here, which are built once."""
    return {"tenant": character.tenant_id, "character": character.id, "gameline": character.gameline_id}


_TENANT, _CHARACTER = bindparam("tenant", type_=Uuid), bindparam("character", type_=BigInteger)
_GAMELINE, _CODE = bindparam("gameline", type_=BigInteger), bindparam("code", type_=Text)

_ALL_DEFINED: Final = (
    select(
        TraitDefinition.code,
        TraitDefinition.label,
        TraitDefinition.kind,
        TraitDefinition.class_,
        TraitDefinition.multiplier,
        TraitDefinition.min,
        TraitDefinition.max,
        func.coalesce(CharacterTrait.rating, 0).label("rating"),
    )
    .outerjoin(
        CharacterTrait,
        (CharacterTrait.tenant_id == TraitDefinition.tenant_id)
        & (CharacterTrait.trait_definition_id == TraitDefinition.id)
        & (CharacterTrait.character_id == _CHARACTER),
    )
    .where(
        TraitDefinition.tenant_id == _TENANT,
        TraitDefinition.active,
        or_(TraitDefinition.gameline_id.is_(None), TraitDefinition.gameline_id == _GAMELINE),
    )
    .order_by(TraitDefinition.code)
)
_ONE_DEFINED: Final = _ALL_DEFINED.order_by(None).where(TraitDefinition.code == _CODE)
_WAITING: Final = select(XpSpendRequest.id).where(
    XpSpendRequest.tenant_id == _TENANT,
    XpSpendRequest.character_id == _CHARACTER,
    XpSpendRequest.state == State.PENDING,
)
_TARIFFS: Final = select(
    TariffRow.kind,
    TariffRow.class_,
    TariffRow.gameline_id,
    TariffRow.factor,
    TariffRow.new_price,
    TariffRow.change_price,
    TariffRow.cap,
).where(TariffRow.tenant_id == _TENANT, or_(TariffRow.gameline_id.is_(None), TariffRow.gameline_id == _GAMELINE))
# The tariff of the gameline goes before the general one.
_PRICE: Final = (
    _TARIFFS.add_columns(_WAITING.where(XpSpendRequest.trait == _CODE).scalar_subquery().label("pending"))
    .where(TariffRow.kind == bindparam("kind"), TariffRow.class_ == bindparam("class"))
    .order_by(TariffRow.gameline_id.asc().nulls_last())
    .limit(1)
)


def _article(definition: Row[*tuple[Any, ...]]) -> Article:
    return Article(
        code=definition.code,
        label=definition.label,
        kind=definition.kind,
        trait_class=definition.class_,
        multiplier=definition.multiplier,
        current=definition.rating,
        lowest=definition.min,
        highest=definition.max,
    )


def _tariff(row: Row[*tuple[Any, ...]]) -> Tariff:
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
