"""What happens to approvals when nobody decides in time."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.operations.approvals.lifecycle import APPROVAL
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move
from services.workflow.queries.approvals import overdue
from shared.locking import lock_rows

ENDS: Final[Mapping[str, str]] = {"expire": "EXPIRED", "approve": "APPROVED", "reject": "REJECTED"}
BATCH = 200


def expire(session: Session, *, at_most: int = BATCH) -> int:
    """Ends approvals whose time is over, as each of them says; returns how many, call again while there are any."""
    ask = Ask(as_system=True, reason="timeout", comments="Nobody decided in time.")
    approvals = lock_rows(session, overdue(session, ask.timestamp).limit(at_most), skip_locked=True)
    for on_expiry, target in ENDS.items():
        wanted = [Wanted(approval.id) for approval in approvals if approval.on_expiry == on_expiry]
        if wanted:
            move(session, APPROVAL, wanted, target, ask)
    return len(approvals)
