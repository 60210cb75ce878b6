"""Decides requests for traits: the second phase of a spend posts the reservation or voids it.

A reversal is a third thing: it takes an approved step back by an entry of its own. Requests are locked before their
characters, so that two who decide meet at the request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Balance, Kind
from services.validation.domain.ledger.requests import State
from services.validation.domain.statuses import DECEASED
from services.validation.errors import (
    AlreadyProcessed,
    CharacterNotActive,
    CostMismatch,
    DuplicateRequest,
    InvalidRequest,
    TraitChanged,
    UnknownTrait,
    ValueMismatch,
)
from services.validation.models import AuditEvent, Character, XpSpendRequest
from services.validation.operations import faults
from services.validation.operations.ledger.booking import balance_of, book
from services.validation.operations.ledger.raising import raise_trait
from services.validation.operations.ledger.spending import offered
from services.validation.operations.standing import demand_decider, demand_not_quarantined, find
from services.validation.queries.ledger import articles
from services.validation.queries.ledger.requests import locked_request
from shared import editing
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.errors import NotFound
from shared.tenancy import context_of

Check = Callable[[XpSpendRequest], None]


@dataclass(frozen=True, slots=True)
class Decision:
    request: XpSpendRequest
    balance: Balance


def approve(
    session: Session,
    request_id: int,
    *,
    check: Check,
    reason: str | None = None,
    character_id: int | None = None,
    expected_value: int | None = None,
) -> Decision:
    """Posts the reservation and raises the trait, both or neither. `check` refuses a stale picture of the request.

    Raises InvalidRequest, NotApprover, OwnCharacter, AlreadyProcessed, ValueMismatch, UnknownTrait, TraitChanged,
    Quarantined, CharacterNotActive, and Invalid where the rating breaks a rule.
    """
    request, character = _claimed(session, request_id, character_id, check)
    _demand_pending(request, expected_value)
    article = articles.article_of(session, character, request.trait)
    if article is None or article.kind != request.trait_type:
        raise UnknownTrait("/trait", f"The trait {request.trait} is not known any more.")
    if article.current != request.trait_from:
        raise TraitChanged(article.label, expected=request.trait_from, current=article.current)
    demand_not_quarantined(session, character)
    if character.status == DECEASED:
        raise CharacterNotActive(character.status)
    raised = raise_trait(session, character, article, request.trait_value)
    _decide(session, request, State.APPROVED, reason)
    balance = _resolve(session, Kind.POST, request)
    _record(session, request, "approved", raised)
    return Decision(request, balance)


def deny(
    session: Session,
    request_id: int,
    *,
    check: Check,
    reason: str | None = None,
    character_id: int | None = None,
    expected_value: int | None = None,
) -> Decision:
    """Voids the reservation: exactly its points are available again. Raises as `approve`."""
    request, _character = _claimed(session, request_id, character_id, check)
    _demand_pending(request, expected_value)
    _decide(session, request, State.DENIED, reason)
    balance = _resolve(session, Kind.VOID, request)
    _record(session, request, "denied")
    return Decision(request, balance)


def reverse(session: Session, request_id: int, *, check: Check, reason: str) -> Decision:
    """Takes an approved request back, once and only while the trait stands where the request has put it."""
    request, character = _claimed(session, request_id, None, check)
    if request.state != State.APPROVED or request.reversed_at is not None:
        raise AlreadyProcessed(request.state, was_reversed=request.reversed_at is not None)
    article = articles.article_of(session, character, request.trait)
    if article is None:
        raise UnknownTrait("/trait", f"The trait {request.trait} is not known any more.")
    if article.current != request.trait_value:
        raise TraitChanged(article.label, expected=request.trait_value, current=article.current)
    lowered = raise_trait(session, character, article, request.trait_from)
    request.reversed_at, request.reversed_by = datetime.now(UTC), context_of(session).actor
    session.flush()
    booked = book(
        session, Kind.REVERSE, {character.id: request.cost}, reason=reason, about={"spend_request_id": request.id}
    )
    _record(session, request, "reversed", lowered, message=reason)
    return Decision(request, booked[character.id].balance)


def correct(session: Session, request_id: int, *, check: Check, trait: str | None, trait_value: int | None) -> Decision:
    """Turns a pending request to another target of the same cost. Raises as `spend` where that cannot be bought."""
    request, character = _claimed(session, request_id, None, check)
    _demand_pending(request, None)
    wanted = trait or request.trait
    article = articles.article_of(session, character, wanted)
    if article is None:
        raise UnknownTrait("/trait", f"The trait {wanted} cannot be bought for this character.")
    priced = articles.priced(session, character, article)
    offer = offered(priced, request.trait_value if trait_value is None and trait is None else trait_value)
    if offer.cost != request.cost:
        detail = f"That costs {offer.cost} XP; {request.cost} are reserved."
        raise CostMismatch("/trait", detail, sent=request.cost, expected=offer.cost)
    if priced.pending not in (None, request.id):
        raise DuplicateRequest(priced.pending)
    target = {
        "trait": article.code,
        "trait_name": article.label,
        "trait_type": article.kind,
        "trait_from": article.current,
        "trait_value": offer.new_value,
    }
    editing.change(session, request, target, verb="corrected")
    faults.keep(session, request, changed=target)
    return Decision(request, balance_of(character))


def _claimed(
    session: Session, request_id: int, character_id: int | None, check: Check
) -> tuple[XpSpendRequest, Character]:
    """Request and character, locked in this order, by somebody who may decide."""
    request = locked_request(session, request_id)
    if request is None or character_id not in (None, request.character_id):
        raise InvalidRequest
    try:
        character, how = find(session, request.character_id, lock=True)
    except NotFound:
        raise InvalidRequest from None
    demand_decider(character, how)
    check(request)
    return request, character


def _demand_pending(request: XpSpendRequest, expected_value: int | None) -> None:
    if request.state != State.PENDING:
        raise AlreadyProcessed(request.state)
    if expected_value not in (None, request.trait_value):
        detail = f"The request is for the rating {request.trait_value}, not {expected_value}."
        raise ValueMismatch("/expected_value", detail, sent=expected_value, expected=request.trait_value)


def _decide(session: Session, request: XpSpendRequest, state: State, reason: str | None) -> None:
    request.state = state
    request.decided_at, request.decided_by = datetime.now(UTC), context_of(session).actor
    if reason is not None:
        request.reason = reason
    session.flush()
    faults.keep(session, request, changed=("state", "decided_at", "decided_by", "reason"))


def _resolve(session: Session, kind: Kind, request: XpSpendRequest) -> Balance:
    assert request.reservation_id is not None  # what is pending has one
    booked = book(
        session,
        kind,
        {request.character_id: request.cost},
        reason=request.reason,
        about={"reservation_id": request.reservation_id, "spend_request_id": request.id},
    )
    return booked[request.character_id].balance


def _record(session: Session, request: XpSpendRequest, verb: str, *more: Entry, message: str | None = None) -> None:
    decided = Entry(
        action=f"xp_spend_request.{verb}",
        entity_type="xp_spend_request",
        entity_id=request.id,
        event_type=EventType.STATE_CHANGED,
        message=message,
        changes={"state": [State.PENDING.value, request.state]} if verb != "reversed" else None,
        metadata={"character": request.character_id, "trait": request.trait, "cost": request.cost},
    )
    record_many(session, AuditEvent, [decided, *more])
