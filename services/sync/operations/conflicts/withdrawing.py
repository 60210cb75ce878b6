"""Nobody needs to decide in workflow on what is resolved."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.sync.clients.approvals import withdraw_approval
from services.sync.models import Outbox, SyncConflict
from shared.outbox.writing import post_many


def withdraw(session: Session, conflicts: Sequence[SyncConflict]) -> None:
    """Those whose approval has not come yet are withdrawn when it does."""
    known = [(one.id, one.approval_id) for one in conflicts if one.approval_id is not None]
    letters = [withdraw_approval(approval_id, external_ref=str(conflict_id)) for conflict_id, approval_id in known]
    post_many(session, Outbox, letters)
