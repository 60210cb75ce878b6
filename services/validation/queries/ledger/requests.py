"""The request that somebody decides."""

from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from services.validation.models import XpSpendRequest
from shared.locking import busy_when_locked
from shared.tenancy import tenant_of

# Built once. What the session had loaded before is read again: its old values are not what was locked.
_LOCKED: Final = (
    select(XpSpendRequest)
    .where(XpSpendRequest.tenant_id == bindparam("tenant"), XpSpendRequest.id == bindparam("id"))
    .with_for_update(of=XpSpendRequest)
    .execution_options(populate_existing=True)
)


def locked_request(session: Session, request_id: int) -> XpSpendRequest | None:
    """Locked until the transaction ends. Raises Busy."""
    with busy_when_locked():
        return session.scalars(_LOCKED, {"tenant": tenant_of(session), "id": request_id}).one_or_none()
