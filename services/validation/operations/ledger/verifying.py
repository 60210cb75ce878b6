"""Proves the ledger from its entries, and makes the balances from them again."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.validation.models import AuditEvent, Character
from services.validation.operations.freshness import written
from services.validation.queries.ledger.checks import Finding, findings
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.locking import busy_when_locked
from shared.tenancy import tenant_of

CHUNK = 1_000


def verify(session: Session) -> list[Finding]:
    """All that is wrong; meant for a snapshot, in which all checks see the same."""
    return findings(session)


def rebuild(session: Session, after: int = 0) -> tuple[list[int], int | None]:
    """Rewrites the balances of the next thousand characters after this id where they differ from the entries.

    Returns whose had differed, and the id to go on after; None at the end.
    """
    own = select(Character.id).where(Character.tenant_id == tenant_of(session), Character.id > after)
    with busy_when_locked():
        ids = list(session.scalars(own.order_by(Character.id).limit(CHUNK).with_for_update()))
    if not ids:
        return [], None
    wrong = sorted(session.scalars(select(func.rebuild_projections(ids))))
    written(session, Character.__tablename__)  # by a function, which nothing else notices
    rebuilt = [
        Entry("character.rebuilt", "character", each, EventType.UPDATED, message="balance made from the entries again")
        for each in wrong
    ]
    record_many(session, AuditEvent, rebuilt)
    return wrong, ids[-1]
