"""What is stamped when a ticket moves, and which attempts look like closing unread mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.registry import stamp

# From a level above this one on an escalation is a matter of security.
HIGHEST_LEVEL = 3


@dataclass(frozen=True, slots=True)
class TicketFacts:
    first_response_at: datetime | None = None


@stamp
def stamp_first_response(ticket: TicketFacts, ask: Ask) -> Mapping[str, Any]:
    """Leaving NEW answers the requester, whatever the answer is."""
    return {} if ticket.first_response_at else {"first_response_at": ask.timestamp}


@stamp
def stamp_resolved(_ticket: TicketFacts, ask: Ask) -> Mapping[str, Any]:
    return {"resolved_at": ask.timestamp}


@stamp
def clear_resolved(_ticket: TicketFacts, _ask: Ask) -> Mapping[str, Any]:
    return {"resolved_at": None}


@stamp
def stamp_ticket_closed(_ticket: TicketFacts, ask: Ask) -> Mapping[str, Any]:
    return {"closed_at": ask.timestamp}


def flags(from_state: str, to_state: str) -> Sequence[str]:
    """Closing what nobody has worked on is an attempt to remember."""
    closes = to_state.strip().upper() == "CLOSED"
    return ("suspicious",) if closes and from_state in ("NEW", "OPEN") else ()
