"""Approvals that this service asks workflow for, as letters of its outbox."""

from collections.abc import Mapping
from typing import Any

from shared.outbox.calls import call_letter
from shared.outbox.writing import Letter

WORKFLOW = "workflow"
APPROVALS = "/api/workflow/v1/approvals"


def ask_for_approval(approval: Mapping[str, Any], *, reply: Mapping[str, Any]) -> Letter:
    """Asking twice with the same `external_ref` gives the first approval again."""
    line = f"approval:{approval['external_ref']}"
    return call_letter(
        WORKFLOW, "POST", APPROVALS, subject="approval.requested", body=dict(approval), ordering_key=line, reply=reply
    )


def withdraw_approval(approval_id: int, *, external_ref: str) -> Letter:
    line = f"approval:{external_ref}"
    address = f"{APPROVALS}/{approval_id}/cancel"
    return call_letter(WORKFLOW, "POST", address, subject="approval.withdrawn", body={}, ordering_key=line)
