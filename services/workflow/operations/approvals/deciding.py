"""Decisions of people, votes where several are needed, and what happens when nobody decides in time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from services.workflow.domain.approvals import option_of
from services.workflow.domain.machines.asking import Ask
from services.workflow.models import Approval, AuditEvent, Step
from services.workflow.operations import sets
from services.workflow.operations.approvals.entity import APPROVALS
from services.workflow.operations.approvals.lifecycle import APPROVAL
from services.workflow.operations.entities import find
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import Outcome, move, move_one
from services.workflow.queries.approvals import VOTE, overdue
from shared.auditing.writing import record
from shared.locking import lock_rows
from shared.redaction import redact_text
from shared.tenancy import context_of, tenant_of

ENDS: Final[Mapping[str, str]] = {"expire": "EXPIRED", "approve": "APPROVED", "reject": "REJECTED"}
BATCH = 200


def approve(session: Session, wanted: Wanted, ask: Ask) -> Outcome:
    """Approves, or votes for it where more votes are needed after this one.

    Votes of one approval come one after the other: the row is held, so that exactly one of them is the last.
    Raises what `move_one` raises.
    """
    approval = find(session, APPROVALS, wanted.id, lock=True)
    (seen,) = move(session, APPROVAL, [wanted], "APPROVED", replace(ask, dry_run=True))
    is_early = [finding.code for finding in seen.result.errors] == ["votes_missing"]
    if not is_early:
        outcome = move_one(session, APPROVAL, wanted, "APPROVED", ask)
        if approval.votes_needed > 1 and outcome.result.transition_id is not None:
            _vote(session, approval, ask)
        return outcome
    if not ask.dry_run:
        sets.update_rows(session, Approval, [(approval, {})])
        _vote(session, approval, ask)
    result = replace(seen.result, success=True, to_state="PENDING", errors=(), dry_run=ask.dry_run)
    return replace(seen, row=approval, result=result)


def expire(session: Session, *, at_most: int = BATCH) -> int:
    """Ends approvals whose time is over, as each of them says; returns how many, call again while there are any."""
    ask = Ask(as_system=True, reason="timeout", comments="Nobody decided in time.")
    approvals = lock_rows(session, overdue(session, ask.timestamp).limit(at_most), skip_locked=True)
    for on_expiry, target in ENDS.items():
        wanted = [Wanted(approval.id) for approval in approvals if approval.on_expiry == on_expiry]
        if wanted:
            move(session, APPROVAL, wanted, target, ask)
    return len(approvals)


def _vote(session: Session, approval: Approval, ask: Ask) -> None:
    told = {"option": option_of(ask), "on_behalf_of": ask.lender([approval.required_permission])}
    vote = {
        "tenant_id": tenant_of(session),
        "correlation_id": context_of(session).correlation_id,
        "entity": "approval",
        "entity_id": approval.id,
        "kind": VOTE,
        "decision": "approved",
        "comments": redact_text(ask.comments, free_text=True),
        "data": told,
        "actor": ask.actor,
    }
    sets.insert_rows(session, Step, [vote])
    record(
        session,
        AuditEvent,
        action="approval.voted",
        entity_type="approval",
        entity_id=approval.id,
        metadata={"decision": "approved", **told},
    )
