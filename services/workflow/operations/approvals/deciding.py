"""Decisions of people, votes where several are needed, and what happens when nobody decides in time."""

from collections.abc import Mapping, Sequence
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
from services.workflow.operations.transitions.checking import seen_rows
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import Outcome, move, move_one
from services.workflow.queries.approvals import VOTE, overdue
from shared.auditing.writing import Entry, record_many
from shared.locking import lock_rows
from shared.redaction import redact_text
from shared.tenancy import context_of, tenant_of

ENDS: Final[Mapping[str, str]] = {"expire": "EXPIRED", "approve": "APPROVED", "reject": "REJECTED"}
BATCH = 200


def approve(session: Session, wanted: Wanted, ask: Ask) -> Outcome:
    """Approves, or votes for it where more votes are needed after this one. Raises what `move_one` raises."""
    find(session, APPROVALS, wanted.id, lock=not ask.dry_run)
    (outcome,) = approve_all(session, [wanted], ask, all_or_nothing=True)
    return outcome if outcome.result.success else move_one(session, APPROVAL, wanted, "APPROVED", ask)


def approve_all(session: Session, wanted: Sequence[Wanted], ask: Ask, *, all_or_nothing: bool) -> list[Outcome]:
    """The same for several, in a constant number of statements; refusals are results, as of `move`.

    Votes of one approval come one after the other: the row is held, so that exactly one of them is the last.
    """
    if not ask.dry_run:
        seen_rows(session, APPROVAL, [one.id for one in wanted], lock=True)
    looked = move(session, APPROVAL, wanted, "APPROVED", replace(ask, dry_run=True))
    early = [outcome for outcome in looked if _codes(outcome) == ["votes_missing"]]
    last = [outcome for outcome in looked if outcome not in early]
    is_refused = any(not outcome.result.success for outcome in last)
    found = {outcome.wanted.id: outcome for outcome in looked}
    found |= {outcome.wanted.id: _voted(outcome, ask) for outcome in early}
    if not ask.dry_run and not (all_or_nothing and is_refused):
        moved = move(session, APPROVAL, [outcome.wanted for outcome in last], "APPROVED", ask)
        found |= {outcome.wanted.id: outcome for outcome in moved}
        final = [outcome.row for outcome in moved if outcome.result.transition_id is not None]
        sets.update_rows(session, Approval, [(outcome.row, {}) for outcome in early])
        _vote(session, [*(outcome.row for outcome in early), *(row for row in final if row.votes_needed > 1)], ask)
    return [found[one.id] for one in wanted]


def _codes(outcome: Outcome) -> list[str]:
    return [finding.code for finding in outcome.result.errors]


def _voted(outcome: Outcome, ask: Ask) -> Outcome:
    result = replace(outcome.result, success=True, to_state="PENDING", errors=(), dry_run=ask.dry_run)
    return replace(outcome, result=result)


def expire(session: Session, *, at_most: int = BATCH) -> int:
    """Ends approvals whose time is over, as each of them says; returns how many, call again while there are any."""
    ask = Ask(as_system=True, reason="timeout", comments="Nobody decided in time.")
    approvals = lock_rows(session, overdue(session, ask.timestamp).limit(at_most), skip_locked=True)
    for on_expiry, target in ENDS.items():
        wanted = [Wanted(approval.id) for approval in approvals if approval.on_expiry == on_expiry]
        if wanted:
            move(session, APPROVAL, wanted, target, ask)
    return len(approvals)


def _vote(session: Session, approvals: Sequence[Approval], ask: Ask) -> None:
    if not approvals:
        return
    context, option = context_of(session), option_of(ask)
    said = {
        approval.id: {"option": option, "on_behalf_of": ask.lender([approval.required_permission])}
        for approval in approvals
    }
    common = {
        "tenant_id": tenant_of(session),
        "correlation_id": context.correlation_id,
        "entity": "approval",
        "kind": VOTE,
        "decision": "approved",
        "comments": redact_text(ask.comments, free_text=True),
        "actor": ask.actor,
    }
    votes = [common | {"entity_id": approval_id, "data": data} for approval_id, data in said.items()]
    sets.insert_rows(session, Step, votes)
    told = [
        Entry("approval.voted", "approval", approval_id, metadata={"decision": "approved", **data})
        for approval_id, data in said.items()
    ]
    record_many(session, AuditEvent, told)
