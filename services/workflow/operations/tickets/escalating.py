"""Raising a ticket's level, and the entries of its history."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from services.workflow.domain.tickets import HIGHEST_LEVEL
from services.workflow.models import AuditEvent, Escalation, Ticket, TicketEntry
from services.workflow.operations import items
from services.workflow.operations.entry import settings_of
from services.workflow.operations.outgoing import Event, emit
from services.workflow.operations.persons.writing import written
from services.workflow.operations.tickets.entity import TICKETS
from services.workflow.queries.history import entry_key
from shared.auditing.models import Level
from shared.auditing.writing import record
from shared.errors import PermissionMissing
from shared.tenancy import context_of, tenant_of


def escalate(session: Session, ticket: Ticket, *, user: str | None, team: str | None, comments: str) -> int:
    """Raises the level of a locked ticket by one, whoever else does the same; may assign it. Returns the level.

    Raises TerminalState.
    """
    items.demand_not_ended(TICKETS, ticket)
    if user is not None or team is not None:
        items.assign_all(session, TICKETS, [ticket], user=user, team=team)
    raised = {"level": Escalation.level + 1, "count": Escalation.count + 1, "version": Escalation.version + 1}
    actor = context_of(session).actor
    level: int = session.execute(
        update(Escalation)
        .where(Escalation.tenant_id == tenant_of(session), Escalation.ticket_id == ticket.id)
        .values(raised | {"is_escalated": True, "last_escalated_at": func.now(), "updated_by": actor})
        .values(updated_at=func.now(), activity_count=Escalation.activity_count + 1)
        .returning(Escalation.level)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    to = {"assigned_to_user": user, "assigned_to_team": team} if user or team else {}
    _store(session, ticket, "escalation", comments or None, {"level": level} | to)
    _tell(session, ticket, level)
    session.refresh(ticket.escalation)
    return level


def append(session: Session, ticket: Ticket, *, text: str, data: dict[str, Any]) -> TicketEntry:
    """A note in the history. Locks nothing but the counter, so that many append at once.

    Who asked for the ticket may add to it without being allowed to edit tickets. Raises PermissionMissing.
    """
    context = context_of(session)
    is_own = context.actor in (ticket.requester, ticket.created_by) and "ticket.create" in context.permissions
    if not is_own and "ticket.update" not in context.permissions:
        raise PermissionMissing("ticket.update")
    entry = _store(session, ticket, "note", text, data)
    session.execute(
        update(Escalation)
        .where(Escalation.tenant_id == tenant_of(session), Escalation.ticket_id == ticket.id)
        .values(activity_count=Escalation.activity_count + 1)
        .execution_options(synchronize_session=False)
    )
    emit(session, [Event(type="ticket.noted", entity="ticket", entity_id=ticket.id)])
    return entry


def entries(session: Session, ticket_id: int) -> list[Select[*tuple[Any, ...]]]:
    """The entries as rows of the item's history."""
    entry = TicketEntry
    return [
        select(
            entry_key("entry", entry.id), entry.kind, entry.id, entry.created_at, entry.actor, entry.text, entry.data
        ).where(entry.tenant_id == tenant_of(session), entry.ticket_id == ticket_id)
    ]


def _store(session: Session, ticket: Ticket, kind: str, text: str | None, data: dict[str, Any]) -> TicketEntry:
    actor = context_of(session).actor
    entry = TicketEntry(
        tenant_id=tenant_of(session),
        ticket_id=ticket.id,
        kind=kind,
        text=written(session, text) or None,
        data=data,
        actor=actor,
        created_by=actor,
    )
    session.add(entry)
    session.flush()
    return entry


def _tell(session: Session, ticket: Ticket, level: int) -> None:
    above = level > HIGHEST_LEVEL
    if settings_of(session).enable_audit_signals or above:
        record(
            session,
            AuditEvent,
            action="ticket.escalated",
            entity_type="ticket",
            entity_id=ticket.id,
            level=Level.WARNING if above else Level.INFO,
            changes={"level": [level - 1, level]},
            security_flags=["escalation_above_limit"] if above else [],
        )
    emit(session, [Event(type="ticket.escalated", entity="ticket", entity_id=ticket.id, data={"level": level})])
