"""Tickets as an entity: made with their escalation, and only once for a reference of the requester."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.workflow.models import Escalation, Ticket
from services.workflow.operations.entities import Entity, Shortcut, Values
from services.workflow.operations.tickets.lifecycle import TICKET
from shared.locking import named_lock
from shared.tenancy import context_of, tenant_of


def prepare(session: Session, row: Any, values: Values) -> Values:
    """The requester of a new ticket is its creator, unless somebody else is named."""
    if row is None:
        values["requester"] = values.get("requester") or context_of(session).actor
    return values


def known(session: Session, values: Values) -> Any:
    """The ticket that the requester asked for under this reference before; two who ask at once wait for each other."""
    reference = values.get("external_ref")
    if reference is None:
        return None
    requester = values.get("requester") or context_of(session).actor
    named_lock(session, "ticket", tenant_of(session), requester, reference)
    return session.scalar(
        select(Ticket).where(
            Ticket.tenant_id == tenant_of(session), Ticket.requester == requester, Ticket.external_ref == reference
        )
    )


def created(session: Session, ticket: Any) -> None:
    """Its escalation is a part of it and needs no audit row of its own."""
    actor = context_of(session).actor
    session.add(Escalation(tenant_id=tenant_of(session), ticket_id=ticket.id, created_by=actor, updated_by=actor))
    session.flush()
    session.refresh(ticket)


TICKETS = Entity(
    lifecycle=TICKET,
    path="tickets",
    prefix="TK",
    shortcuts={"resolve": Shortcut("RESOLVED", comments=True), "close": Shortcut("CLOSED", comments=True)},
    bulk_priority=True,
    editable=frozenset({"subject", "description", "category", "priority", "due_at"}),
    editable_by_all=frozenset({"requester"}),
    prepare=prepare,
    known=known,
    created=created,
)
