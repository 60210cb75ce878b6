"""Characters and entries as tests of the ledger need them, stored directly."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Kind
from services.validation.models import Character
from services.validation.operations.ledger.booking import book
from shared.tenancy import tenant_of


def character(session: Session, *, granted: int = 0, **values: Any) -> int:
    """Id of a new character in play, with points."""
    stored = {"tenant_id": tenant_of(session), "name": "Lucita", "owner": "bob", "status": "App"} | values
    character_id: int = session.execute(insert(Character).values(stored).returning(Character.id)).scalar_one()
    if granted:
        book(session, Kind.GRANT, {character_id: granted}, reason="for the test")
    return character_id
