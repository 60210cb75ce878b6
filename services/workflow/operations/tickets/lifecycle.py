"""The machine of tickets; the escalation of a ticket follows it."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Numeric, case, cast, extract, func, tuple_, update
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.tickets import TicketFacts, flags
from services.workflow.models import Escalation, Ticket
from services.workflow.operations import sets
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move, after
from shared.tenancy import tenant_of


def load_facts(_session: Session, tickets: Sequence[Ticket], _ask: Ask) -> Mapping[int, TicketFacts]:
    """All that is asked stands in the rows themselves; tickets that look alike have the same facts."""
    seen = cache(TicketFacts)
    return {ticket.id: seen(ticket.first_response_at) for ticket in tickets}


TICKET = Lifecycle(
    machine="ticket",
    model=Ticket,
    entity="ticket",
    area="ticket",
    facts=load_facts,
    flags=flags,
    event="state_changed",
)

_STATUS = case(
    (Ticket.state == "ONHOLD", "PAUSED"),
    (Ticket.state.in_(["RESOLVED", "CLOSED"]), "COMPLETED"),
    (Ticket.state == "CANCELLED", "CANCELLED"),
    else_="ACTIVE",
)


@after
def follow_with_escalation(session: Session, moves: Sequence[Move]) -> None:
    """Status and hours of an escalation are a picture of its ticket: one statement, whatever the number."""
    escalation, ids = Escalation, [move.row.id for move in moves]
    response_hours, resolution_hours = _hours(Ticket.first_response_at), _hours(Ticket.resolved_at)
    wanted = {"status": _STATUS, "response_hours": response_hours, "resolution_hours": resolution_hours}
    is_another = tuple_(escalation.status, escalation.response_hours, escalation.resolution_hours).is_distinct_from(
        tuple_(_STATUS, response_hours, resolution_hours)
    )
    same_ticket = (Ticket.tenant_id == escalation.tenant_id, Ticket.id == escalation.ticket_id)
    session.execute(
        update(escalation)
        .where(escalation.tenant_id == tenant_of(session), escalation.ticket_id.in_(ids), *same_ticket, is_another)
        .values(wanted | {"version": escalation.version + 1, "updated_at": func.now()})
        .execution_options(synchronize_session=False)
    )
    sets.refresh(session, Escalation, [move.row.escalation.id for move in moves if isinstance(move.row, Ticket)])


def _hours(until: object) -> object:
    """Hours from the creation of the ticket, two decimals; null while it has not come."""
    return func.round(cast(extract("epoch", until - Ticket.created_at) / 3600, Numeric), 2)
