"""Which rows are set apart for what they break."""

from sqlalchemy import Exists, select
from sqlalchemy.orm import Session

from services.validation.models import Character, QuarantineEntry
from shared.tenancy import tenant_of


def is_quarantined(session: Session) -> Exists:
    """Whether the character of the row is in quarantine."""
    return (
        select(QuarantineEntry.id)
        .where(
            QuarantineEntry.tenant_id == tenant_of(session),
            QuarantineEntry.table_name == Character.__tablename__,
            QuarantineEntry.row_id == Character.id,
            QuarantineEntry.state == "open",
        )
        .exists()
    )


def in_quarantine(session: Session, character: Character) -> bool:
    own = (Character.tenant_id == character.tenant_id, Character.id == character.id)
    return bool(session.scalar(select(is_quarantined(session)).where(*own)))
