"""Which delegations count now, and which a caller sees."""

from datetime import datetime

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from services.workflow.models import Delegation
from shared.tenancy import Context, tenant_of

MANAGE = "settings.manage"
# Made once, and without objects: every request asks it.
_C = Delegation.__table__.c
_LENT = (
    select(_C.permission, _C.delegator)
    .where(_C.tenant_id == bindparam("tenant"), _C.delegate == bindparam("person"))
    .where(_C.starts_at <= bindparam("now"), _C.ends_at > bindparam("now"))
    .order_by(_C.id.desc())
)


def lent_to(session: Session, person: str, now: datetime) -> dict[str, str]:
    """Permission to the person who lends it; of several the first."""
    found = session.execute(_LENT, {"tenant": tenant_of(session), "person": person, "now": now})
    return {permission: lender for permission, lender in found}


def seen_by(session: Session, context: Context) -> Select[Delegation]:
    """One's own, given and received; all for who manages the settings."""
    rows = select(Delegation).where(Delegation.tenant_id == tenant_of(session))
    if MANAGE in context.permissions:
        return rows
    return rows.where(or_(Delegation.delegator == context.actor, Delegation.delegate == context.actor))
