"""Which rows are set apart for what they break."""

from collections.abc import Collection

from sqlalchemy import Exists, bindparam, select
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


def quarantined(session: Session, ids: Collection[int]) -> set[int]:
    """Those of the characters that are in quarantine."""
    if not ids:
        return set()
    own = (Character.tenant_id == tenant_of(session), Character.id.in_(ids))
    return set(session.scalars(select(Character.id).where(*own, is_quarantined(session))))


def in_quarantine(session: Session, character: Character) -> bool:
    return session.execute(_ENTRY, {"tenant": character.tenant_id, "id": character.id}).first() is not None


# Built once: whoever spends, decides or grants asks.
_ENTRY = (
    select(QuarantineEntry.id)
    .where(
        QuarantineEntry.tenant_id == bindparam("tenant"),
        QuarantineEntry.table_name == Character.__tablename__,
        QuarantineEntry.row_id == bindparam("id"),
        QuarantineEntry.state == "open",
    )
    .limit(1)
)
