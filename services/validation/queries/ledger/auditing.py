"""The experience of every character on one line: what it has earned and where that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Subquery, and_, case, cast, func, select
from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Account
from services.validation.domain.ledger.requests import State
from services.validation.models import Character, XpSpendRequest, XpTransfer
from shared.tenancy import tenant_of

# More requests than these are worth a look.
MANY_PENDING: Final = 15
MANY_APPROVED: Final = 100
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`earned` is what the entries brought, `approved` and `pending` what requests cost, `remaining` is what can be
    spent."""

    character_id: int
    character_name: str
    status: str
    earned: int
    approved: int
    pending: int
    remaining: int
    approved_count: int
    pending_count: int

    @property
    def issues(self) -> list[str]:
        held = self.approved + self.pending + self.remaining
        found = [f"remaining is {self.remaining}"] if self.remaining < 0 else []
        return found + ([f"earned {self.earned}, accounted for {held}"] if held != self.earned else [])

    @property
    def warnings(self) -> list[str]:
        found = [f"{self.pending_count} requests are pending"] if self.pending_count > MANY_PENDING else []
        return found + ([f"{self.approved_count} were approved"] if self.approved_count > MANY_APPROVED else [])


def xp_audit(session: Session) -> Iterator[AuditLine]:
    """All characters of the tenant by id, with one statement; memory is bounded by a batch."""
    earned, asked = _earned(session), _asked(session)
    requests = [func.coalesce(asked.c[name], 0) for name in ("approved", "pending")]
    counts = [func.coalesce(asked.c[name], 0) for name in ("approved_count", "pending_count")]
    lines = (
        select(
            Character.id,
            Character.name,
            Character.status,
            func.coalesce(earned.c.earned, 0),
            *requests,
            Character.xp,
            *counts,
        )
        .outerjoin(earned, earned.c.character_id == Character.id)
        .outerjoin(asked, asked.c.character_id == Character.id)
        .where(Character.tenant_id == tenant_of(session))
        .order_by(Character.id)
    )
    options = {"stream_results": True, "yield_per": _AT_ONCE}
    with session.execute(lines, execution_options=options) as rows:
        for batch in rows.partitions():
            yield from (AuditLine(*row) for row in batch)


def _earned(session: Session) -> Subquery:
    moved = case(
        (XpTransfer.debit_account == Account.ISSUED, XpTransfer.amount),
        (XpTransfer.credit_account == Account.ISSUED, -XpTransfer.amount),
        else_=0,
    )
    return (
        select(XpTransfer.character_id, cast(func.sum(moved), BigInteger).label("earned"))
        .where(XpTransfer.tenant_id == tenant_of(session))
        .group_by(XpTransfer.character_id)
        .subquery("earned")
    )


def _asked(session: Session) -> Subquery:
    """What was taken back counts no more."""
    approved = and_(XpSpendRequest.state == State.APPROVED, XpSpendRequest.reversed_at.is_(None))
    pending = XpSpendRequest.state == State.PENDING
    sums = [
        cast(func.coalesce(func.sum(XpSpendRequest.cost).filter(which), 0), BigInteger).label(name)
        for name, which in (("approved", approved), ("pending", pending))
    ]
    counts = [
        func.count().filter(which).label(f"{name}_count")
        for name, which in (("approved", approved), ("pending", pending))
    ]
    return (
        select(XpSpendRequest.character_id, *sums, *counts)
        .where(XpSpendRequest.tenant_id == tenant_of(session))
        .group_by(XpSpendRequest.character_id)
        .subquery("asked")
    )
