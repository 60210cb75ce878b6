"""Tasks and tours, their checkpoints, and the evidence that the work was done."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import PRIORITIES, Base, Living, in_states_of, not_negative
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique

OPEN = "state in ('ASSIGNED', 'INPROGRESS', 'WORKING', 'STANDBY', 'PARTIALLYCOMPLETED')"


class Task(Living, Base):
    """A task, or a tour of checkpoints. Without `expires_at` it never expires."""

    __tablename__ = "tasks"
    __table_args__ = (
        belongs_to("work_orders", "work_order_id"),
        in_states_of("task"),
        one_of("kind", "task", "tour"),
        one_of("priority", *PRIORITIES),
        at_most("title", 200),
        at_most("description", 10_000),
        CheckConstraint("sla_hours between 1 and 8760", name="sla_hours"),
        not_negative("hours_spent"),
        Index("ix_tasks_state", "tenant_id", "state", "id"),
        Index("ix_tasks_created", "tenant_id", "created_at", "id"),
        Index(
            "ix_tasks_expires", "tenant_id", "expires_at", postgresql_where=text(f"expires_at is not null and {OPEN}")
        ),
        Index("ix_tasks_order", "tenant_id", "work_order_id", postgresql_where=text("work_order_id is not null")),
    )

    kind: Mapped[str] = mapped_column(server_default=text("'task'"))
    title: Mapped[str]
    description: Mapped[str | None]
    priority: Mapped[str] = mapped_column(server_default=text("'MEDIUM'"))
    assigned_to_user: Mapped[str | None] = mapped_column(Name)
    assigned_to_team: Mapped[str | None] = mapped_column(Name)
    work_order_id: Mapped[int | None]
    location_id: Mapped[str | None] = mapped_column(Name)
    asset_id: Mapped[str | None] = mapped_column(Name)
    due_at: Mapped[datetime | None]
    sla_hours: Mapped[int] = mapped_column(server_default=text("24"))
    expires_at: Mapped[datetime | None]
    requires_observations: Mapped[bool] = mapped_column(server_default=text("false"))
    requires_meter_readings: Mapped[bool] = mapped_column(server_default=text("false"))
    requires_attachments: Mapped[bool] = mapped_column(server_default=text("false"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    hours_spent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    closed_by_server: Mapped[bool] = mapped_column(server_default=text("false"))
    closure_mail_sent: Mapped[bool] = mapped_column(server_default=text("false"))


class Checkpoint(Living, Base):
    __tablename__ = "checkpoints"
    __table_args__ = (
        belongs_to("tasks", "task_id", ondelete="CASCADE"),
        unique("task_id", "position"),
        in_states_of("checkpoint"),
        at_most("name", 200),
    )

    task_id: Mapped[int]
    position: Mapped[int]
    name: Mapped[str]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    closed_by_server: Mapped[bool] = mapped_column(server_default=text("false"))


class Evidence(Row, Base):
    """Append-only."""

    __tablename__ = "evidence"
    __table_args__ = (
        belongs_to("tasks", "task_id", ondelete="CASCADE"),
        one_of("kind", "observation", "meter_reading", "attachment"),
        at_most("text", 5000),
        at_most("unit", 20),
        at_most("attachment_ref", 500),
        Index("ix_evidence_task", "tenant_id", "task_id", "kind"),
    )

    task_id: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str | None]
    value: Mapped[Decimal | None] = mapped_column(Numeric)
    unit: Mapped[str | None]
    attachment_ref: Mapped[str | None]
    recorded_by: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
