"""Which delegations count now, and which a caller sees."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services.workflow.models import Delegation
from shared.tenancy import Context, tenant_of

MANAGE = "settings.manage"


def lent_to(session: Session, person: str, now: datetime) -> dict[str, str]:
    """Permission to the person who lends it; of several the first."""
    rows = select(Delegation.permission, Delegation.delegator).where(
        Delegation.tenant_id == tenant_of(session),
        Delegation.delegate == person,
        Delegation.starts_at <= now,
        Delegation.ends_at > now,
    )
    return {permission: lender for permission, lender in session.execute(rows.order_by(Delegation.id.desc()))}


def seen_by(session: Session, context: Context) -> Select[Delegation]:
    """One's own, given and received; all for who manages the settings."""
    rows = select(Delegation).where(Delegation.tenant_id == tenant_of(session))
    if MANAGE in context.permissions:
        return rows
    return rows.where(or_(Delegation.delegator == context.actor, Delegation.delegate == context.actor))
