"""Work orders, their line items, and vendors."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import PRIORITIES, Base, Kept, Living, in_states_of, not_negative
from shared.db import Name
from shared.rows import at_most, belongs_to, one_of, unique

PEOPLE = ARRAY(TEXT)
NOBODY = text("'{}'::text[]")


class Vendor(Kept, Base):
    __tablename__ = "vendors"
    __table_args__ = (
        unique("name"),
        at_most("name", 200),
        at_most("contact_email", 254),
        at_most("contact_phone", 40),
    )

    name: Mapped[str] = mapped_column(Name)
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class WorkOrder(Living, Base):
    """`location_id` and `asset_id` are remote ids; persons and teams are opaque texts."""

    __tablename__ = "work_orders"
    __table_args__ = (
        unique("number"),
        belongs_to("vendors", "vendor_id"),
        in_states_of("work_order"),
        in_states_of("permit", "permit_status"),
        one_of("verification_status", "NOT_REQUIRED", "PENDING", "APPROVED", "REJECTED"),
        one_of("priority", *PRIORITIES),
        at_most("number", 40),
        at_most("title", 200),
        at_most("description", 10_000),
        not_negative("estimated_cost"),
        CheckConstraint("cardinality(permit_approvers) <= 20", name="permit_approvers"),
        CheckConstraint("cardinality(verifiers) <= 20", name="verifiers"),
        Index("ix_work_orders_state", "tenant_id", "state", "id"),
        Index("ix_work_orders_created", "tenant_id", "created_at", "id"),
        Index("ix_work_orders_vendor", "tenant_id", "vendor_id", postgresql_where=text("vendor_id is not null")),
        Index("ix_work_orders_due", "tenant_id", "due_at", postgresql_where=text("due_at is not null")),
    )

    number: Mapped[str] = mapped_column(Name)
    title: Mapped[str]
    description: Mapped[str | None]
    priority: Mapped[str] = mapped_column(server_default=text("'MEDIUM'"))
    vendor_id: Mapped[int | None]
    requester: Mapped[str | None] = mapped_column(Name)
    assigned_to_user: Mapped[str | None] = mapped_column(Name)
    assigned_to_team: Mapped[str | None] = mapped_column(Name)
    location_id: Mapped[str | None] = mapped_column(Name)
    asset_id: Mapped[str | None] = mapped_column(Name)
    due_at: Mapped[datetime | None]
    estimated_cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    permit_status: Mapped[str] = mapped_column(server_default=text("'NOT_REQUIRED'"))
    permit_approvers: Mapped[list[str]] = mapped_column(PEOPLE, server_default=NOBODY)
    verifiers: Mapped[list[str]] = mapped_column(PEOPLE, server_default=NOBODY)
    verification_status: Mapped[str] = mapped_column(server_default=text("'NOT_REQUIRED'"))
    final_inspection_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class LineItem(Kept, Base):
    """Work or material of an order; counts its own versions."""

    __tablename__ = "line_items"
    __table_args__ = (
        belongs_to("work_orders", "work_order_id", ondelete="CASCADE"),
        unique("work_order_id", "position"),
        one_of("status", "PENDING", "IN_PROGRESS", "COMPLETED", "CANCELLED"),
        at_most("description", 500),
        CheckConstraint("quantity > 0", name="quantity"),
        not_negative("unit_price"),
    )

    work_order_id: Mapped[int]
    position: Mapped[int]
    description: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3), server_default=text("1"))
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    status: Mapped[str] = mapped_column(server_default=text("'PENDING'"))
