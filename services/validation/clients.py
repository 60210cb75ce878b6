"""What this service asks of its siblings, as letters of its outbox."""

from collections.abc import Mapping
from typing import Any

from shared.outbox.calls import call_letter
from shared.outbox.writing import Letter

WORKFLOW = "workflow"
TICKETS = "/api/workflow/v1/tickets"
PRIORITIES = {"critical": "CRITICAL", "warning": "HIGH"}


def ask_for_ticket(alert_id: int, tenant: str, *, severity: str, told: Mapping[str, Any]) -> Letter:
    """A person looks at it. Asking twice for one alert gives the first ticket again."""
    reference = f"validation-alert-{alert_id}"
    lines = [
        f"Health score {told['health_score']}, group {told['group']}, {severity}.",
        *(f"- {breach}" for breach in told["breaches"]),
        f"/api/validation/v1/alerts/{alert_id}",
        "/api/validation/v1/health",
    ]
    body = {
        "subject": f"Data quality: {told['group']} is {severity}",
        "description": "\n".join(lines),
        "category": "data-quality",
        "priority": PRIORITIES[severity],
        "external_ref": reference,
    }
    line = f"ticket:{tenant}:{reference}"
    return call_letter(WORKFLOW, "POST", TICKETS, subject="ticket.asked", body=body, ordering_key=line)
