"""What this service asks of its siblings, as letters of its outbox."""

from collections.abc import Mapping
from typing import Any

from shared.outbox.calls import call_letter
from shared.outbox.writing import Letter

WORKFLOW = "workflow"
TICKETS = "/api/workflow/v1/tickets"
PRIORITIES = {"critical": "CRITICAL", "warning": "HIGH"}


def ask_for_ticket(alert_id: int, tenant: str, *, told: Mapping[str, Any], reply: Mapping[str, Any]) -> Letter:
    """A person looks at it. Asking twice for one alert gives the first ticket again."""
    body = {
        "subject": f"Data quality: {told['group']} is {told['severity']}",
        "description": "\n".join([*_lines(told), f"/api/validation/v1/alerts/{alert_id}", "/api/validation/v1/health"]),
        "category": "data-quality",
        "priority": PRIORITIES[told["severity"]],
        "external_ref": f"validation-alert-{alert_id}",
    }
    line = _line(alert_id, tenant)
    return call_letter(WORKFLOW, "POST", TICKETS, subject="ticket.asked", body=body, ordering_key=line, reply=reply)


def add_to_ticket(alert_id: int, tenant: str, *, ticket: int, told: Mapping[str, Any]) -> Letter:
    """An entry of the ticket's history: what has become of the alert."""
    body = {
        "text": "\n".join([f"The alert: {told['news']}.", *_lines(told)]),
        "data": {"alert": alert_id, "news": told["news"], "health_score": told["health_score"]},
    }
    path = f"{TICKETS}/{ticket}/history"
    line = _line(alert_id, tenant)
    return call_letter(WORKFLOW, "POST", path, subject="ticket.noted", body=body, ordering_key=line)


def _line(alert_id: int, tenant: str) -> str:
    return f"ticket:{tenant}:validation-alert-{alert_id}"


def _lines(told: Mapping[str, Any]) -> list[str]:
    about = f"Health score {told['health_score']}, group {told['group']}, {told['severity']}."
    return [about, *(f"- {breach}" for breach in told["breaches"])]
