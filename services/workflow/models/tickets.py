"""Tickets, the escalation that each of them has, and their history."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.workflow.models.person_keys import sealed_length
from services.workflow.models.rows import PRIORITIES, Base, Kept, Living, in_states_of, not_negative
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique

EMPTY_OBJECT = text("'{}'::jsonb")


class Ticket(Living, Base):
    """`external_ref` is the requester's own reference: asking twice returns the first ticket."""

    __tablename__ = "tickets"
    __table_args__ = (
        unique("number"),
        unique("requester", "external_ref"),
        in_states_of("ticket"),
        one_of("priority", *PRIORITIES),
        at_most("number", 40),
        at_most("subject", 200),
        at_most("description", 10_000),
        at_most("category", 100),
        at_most("external_ref", 200),
        Index("ix_tickets_state", "tenant_id", "state", "id"),
        Index("ix_tickets_created", "tenant_id", "created_at", "id"),
        Index("ix_tickets_due", "tenant_id", "due_at", postgresql_where=text("due_at is not null")),
    )

    number: Mapped[str] = mapped_column(Name)
    subject: Mapped[str]
    description: Mapped[str | None]
    category: Mapped[str | None]
    priority: Mapped[str] = mapped_column(server_default=text("'MEDIUM'"))
    requester: Mapped[str | None] = mapped_column(Name)
    assigned_to_user: Mapped[str | None] = mapped_column(Name)
    assigned_to_team: Mapped[str | None] = mapped_column(Name)
    external_ref: Mapped[str | None] = mapped_column(Name)
    due_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    escalation: Mapped["Escalation"] = relationship(
        primaryjoin="and_(Ticket.tenant_id == Escalation.tenant_id, Ticket.id == foreign(Escalation.ticket_id))",
        lazy="selectin",
        uselist=False,
        viewonly=True,
    )

    @property
    def embedded(self) -> tuple[int, int]:
        """What an entity tag has to know of the parts that are shown with the ticket."""
        return self.escalation.version, self.escalation.activity_count


class Escalation(Kept, Base):
    """Exactly one per ticket, made with it."""

    __tablename__ = "escalations"
    __table_args__ = (
        belongs_to("tickets", "ticket_id", ondelete="CASCADE"),
        unique("ticket_id"),
        one_of("status", "ACTIVE", "PAUSED", "COMPLETED", "CANCELLED"),
        not_negative("level"),
        not_negative("count"),
        not_negative("activity_count"),
    )

    ticket_id: Mapped[int]
    status: Mapped[str] = mapped_column(server_default=text("'ACTIVE'"))
    level: Mapped[int] = mapped_column(server_default=text("0"))
    count: Mapped[int] = mapped_column(server_default=text("0"))
    is_escalated: Mapped[bool] = mapped_column(server_default=text("false"))
    activity_count: Mapped[int] = mapped_column(server_default=text("0"))
    response_hours: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    resolution_hours: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    last_escalated_at: Mapped[datetime | None]


class TicketEntry(Row, Base):
    """One entry of a ticket's history; append-only."""

    __tablename__ = "ticket_entries"
    __table_args__ = (
        belongs_to("tickets", "ticket_id", ondelete="CASCADE"),
        one_of("kind", "note", "assignment", "escalation", "system"),
        at_most("text", sealed_length(5000)),
        Index("ix_ticket_entries_ticket", "tenant_id", "ticket_id", "id"),
    )

    ticket_id: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    actor: Mapped[str | None]
