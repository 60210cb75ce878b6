"""Grants points beside all play, and takes back what was granted by mistake."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Balance, Kind
from services.validation.errors import InsufficientXp
from services.validation.models import AuditEvent, Character, XpTransfer
from services.validation.operations.ledger.booking import book
from services.validation.operations.standing import demand_not_quarantined
from shared.auditing.models import EventType
from shared.auditing.writing import record

OPENING_BALANCE = "opening balance"


@dataclass(frozen=True, slots=True)
class Granted:
    transfer: XpTransfer
    balance: Balance


def grant(session: Session, character: Character, amount: int, *, reason: str) -> Granted:
    """Books points for a character that is locked. Raises Quarantined."""
    demand_not_quarantined(session, character)
    return _booked(session, character, Kind.GRANT, amount, reason)


def withdraw(session: Session, character: Character, amount: int, *, reason: str) -> Granted:
    """Takes points back, never more than are available. Raises InsufficientXp."""
    if amount > character.xp:
        raise InsufficientXp(amount, character.xp)
    return _booked(session, character, Kind.WITHDRAW, amount, reason)


def _booked(session: Session, character: Character, kind: Kind, amount: int, reason: str) -> Granted:
    booked = book(session, kind, {character.id: amount}, reason=reason)[character.id]
    record(
        session,
        AuditEvent,
        action=f"character.{'granted' if kind is Kind.GRANT else 'withdrawn'}",
        entity_type="character",
        entity_id=character.id,
        event_type=EventType.UPDATED,
        message=reason,
        metadata={"amount": amount, "available": booked.balance.available},
    )
    return Granted(session.get_one(XpTransfer, (character.tenant_id, booked.transfer_id)), booked.balance)
