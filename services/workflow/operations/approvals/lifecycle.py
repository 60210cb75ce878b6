"""The machine of approvals; whoever asked learns of the decision."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from services.workflow.domain.machines.definition import Edge
from services.workflow.models import Approval, Outbox
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move, after
from services.workflow.queries.approvals import load_facts
from shared.outbox.calls import call_letter
from shared.outbox.writing import Letter, post_many


def _needed(approval: Approval, edge: Edge) -> Sequence[str]:
    """Deciding takes what the approval says."""
    return [*edge.permissions, approval.required_permission]


def _votes(approval: Approval, edge: Edge) -> int:
    """One rejection is enough."""
    return approval.votes_needed if edge.verb == "approve" else edge.votes


APPROVAL = Lifecycle(
    machine="approval",
    model=Approval,
    entity="approval",
    area="approval",
    facts=load_facts,
    needed=_needed,
    votes=_votes,
)


@after
def send_decisions(session: Session, moves: Sequence[Move]) -> None:
    """A signed call to each that asked and named an address; repeated until it is answered."""
    post_many(session, Outbox, [_letter(move) for move in moves if move.row.callback_url])


def _letter(move: Move) -> Letter:
    approval, ask = move.row, move.ask
    body: dict[str, Any] = {
        "approval_id": approval.id,
        "external_ref": approval.external_ref,
        "decision": approval.decision,
        "option": approval.option,
        "person": approval.decided_by,
        "comments": ask.comments or None,
    }
    path = urlsplit(approval.callback_url).path
    letter = call_letter(
        callee_of(path) or "",
        "POST",
        path,
        subject="approval.decided",
        body=body,
        ordering_key=f"approval:{approval.id}",
    )
    return replace(letter, origin_correlation_id=approval.origin_correlation_id)


def callee_of(path: str) -> str | None:
    """The service whose address this is: `/api/<service>/v1/...`."""
    parts = path.split("/")
    return parts[2] if len(parts) > 4 and parts[:2] == ["", "api"] and parts[3] == "v1" else None
