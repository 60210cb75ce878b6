"""Entries of the ledger."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.models import XpTransfer
from shared.tenancy import tenant_of


def has_story_award(session: Session, story_id: int, character_id: int) -> bool:
    return bool(
        session.scalar(
            select(XpTransfer.id).where(
                XpTransfer.tenant_id == tenant_of(session),
                XpTransfer.story_id == story_id,
                XpTransfer.character_id == character_id,
            )
        )
    )
