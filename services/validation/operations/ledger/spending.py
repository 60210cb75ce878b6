"""Quotes prices and reserves points: the first of the two phases of a spend."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, true
from sqlalchemy.dialects.postgresql import BIGINT, INTEGER, TEXT, UUID
from sqlalchemy.orm import Session, aliased

from services.validation.domain.ledger import tariffs
from services.validation.domain.ledger.accounts import Balance, Kind
from services.validation.domain.ledger.tariffs import Article, CapReached, NotForSale, Offer, TargetRefused
from services.validation.domain.statuses import APPROVED
from services.validation.errors import (
    CharacterNotActive,
    CostMismatch,
    DuplicateRequest,
    InsufficientXp,
    InvalidTarget,
    NotOwner,
    TraitAtCap,
    UnknownTrait,
)
from services.validation.models import AuditEvent, Base, Character, XpSpendRequest
from services.validation.operations import faults
from services.validation.operations.ledger.booking import entries, given, settled
from services.validation.operations.standing import demand_not_quarantined
from services.validation.queries.ledger import articles
from services.validation.queries.ledger.articles import Priced
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.tenancy import context_of

_REQUESTS = Base.metadata.tables["xp_spend_requests"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A price, and what the character would have left."""

    article: Article
    offer: Offer
    xp: int
    pending: int | None = None

    @property
    def xp_after(self) -> int:
        return self.xp - self.offer.cost

    @property
    def affordable(self) -> bool:
        return self.xp_after >= 0


@dataclass(frozen=True, slots=True)
class Filed:
    request: XpSpendRequest
    balance: Balance


def quote(session: Session, character: Character, trait: str, trait_value: int | None = None) -> Quote:
    """Raises UnknownTrait, InvalidTarget, TraitAtCap."""
    article = articles.article_of(session, character, trait)
    if article is None:
        raise UnknownTrait("/trait", f"The trait {trait} cannot be bought for this character.")
    priced = articles.priced(session, character, article)
    return Quote(article, offered(priced, trait_value), character.xp, priced.pending)


def offered(priced: Priced, trait_value: int | None) -> Offer:
    """The price of a rating (None: the next one). Raises UnknownTrait, InvalidTarget, TraitAtCap."""
    article = priced.article
    try:
        return tariffs.offer(priced.tariff, article, trait_value)
    except NotForSale:
        raise UnknownTrait("/trait", f"The trait {article.code} is not for sale.") from None
    except TargetRefused:
        raise InvalidTarget("/trait_value", _possible(article)) from None
    except CapReached:
        raise TraitAtCap("/trait", f"Experience does not raise {article.label} above {article.current}.") from None


def _possible(article: Article) -> str:
    if article.kind in tariffs.FREELY_RATED:
        return f"Say a rating from {article.lowest} to {article.highest} other than {article.current}."
    return f"{article.label} is at {article.current}, so that the next rating is {article.current + 1}."


def options(session: Session, character: Character) -> list[tuple[Article, Offer]]:
    """What can be bought now: below the cap, affordable, not asked for already."""
    prices, waiting = articles.tariffs(session, character), set(articles.pending_traits(session, character))
    return [
        (article, one)
        for article in articles.articles(session, character)
        if article.code not in waiting
        for one in tariffs.offers(
            tariffs.tariff_for(prices, article.kind, article.trait_class, character.gameline_id), article, character.xp
        )
    ]


def spend(
    session: Session,
    character: Character,
    *,
    trait: str,
    trait_value: int | None = None,
    cost: int | None = None,
    reason: str = "",
) -> Filed:
    """Reserves the points for one step of a trait of the caller's own character, which is locked.

    The refusals come in the order of the checks; each leaves everything as it was.
    """
    if character.owner is None or character.owner != context_of(session).actor:
        raise NotOwner
    demand_not_quarantined(session, character)
    if character.status != APPROVED:
        raise CharacterNotActive(character.status)
    priced = quote(session, character, trait, trait_value)
    if cost is not None and cost != priced.offer.cost:
        detail = f"By the tariff this costs {priced.offer.cost} XP, not {cost}."
        raise CostMismatch("/cost", detail, sent=cost, expected=priced.offer.cost)
    if priced.pending is not None:
        raise DuplicateRequest(priced.pending)
    if not priced.affordable:
        raise InsufficientXp(priced.offer.cost, character.xp)
    return _reserve(session, character, priced, reason)


def _reserve(session: Session, character: Character, priced: Quote, reason: str) -> Filed:
    session.flush()
    article = priced.article
    values = {
        "character_id": character.id,
        "amount": priced.offer.cost,
        "trait": article.code,
        "trait_name": article.label,
        "trait_type": article.kind,
        "trait_from": article.current,
        "trait_value": priced.offer.new_value,
    }
    row = session.execute(_reservation(), given(session, reason) | values).one()
    faults.keep(session, row[0])
    balance = settled(session, [row[1:]])[character.id].balance
    record(
        session,
        AuditEvent,
        action="xp_spend_request.created",
        entity_type="xp_spend_request",
        entity_id=row[0].id,
        event_type=EventType.CREATED,
        metadata={"character": character.id, "trait": article.code, "cost": priced.offer.cost},
    )
    return Filed(row[0], balance)


@cache
def _reservation() -> Select[*tuple[Any, ...]]:
    """Built once. Request and reservation name each other, so one statement stores both under numbers taken before."""
    numbers = select(
        func.nextval("xp_spend_requests_id_seq").label("request_id"),
        func.nextval("xp_transfers_id_seq").label("transfer_id"),
        bindparam("character_id", type_=BIGINT).label("character_id"),
        bindparam("amount", type_=BIGINT).label("amount"),
    ).cte("numbers")
    values: dict[str, Any] = {
        "id": numbers.c.request_id,
        "tenant_id": bindparam("tenant", type_=UUID),
        "character_id": numbers.c.character_id,
        **{name: bindparam(name, type_=TEXT) for name in ("trait", "trait_name", "trait_type")},
        **{name: bindparam(name, type_=INTEGER) for name in ("trait_from", "trait_value")},
        "cost": numbers.c.amount,
        "reservation_id": numbers.c.transfer_id,
        "reason": bindparam("reason", type_=TEXT),
        "created_by": bindparam("actor", type_=TEXT),
    }
    rows = select(*(value.label(name) for name, value in values.items())).select_from(numbers)
    filed = (
        insert(_REQUESTS)
        .from_select(list(values), rows, include_defaults=False)
        .returning(*_REQUESTS.columns)
        .cte("filed")
    )
    links = {"id": numbers.c.transfer_id, "spend_request_id": numbers.c.request_id}
    booked = entries(Kind.RESERVE, numbers, **links).cte("booked")
    request = aliased(XpSpendRequest, filed)
    return select(request, *booked.c).select_from(filed).join(booked, true())
