"""Permissions that one person lends to another for a time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import Base, Kept
from shared.db import Name
from shared.rows import at_most


class Delegation(Kept, Base):
    """Counts from `starts_at` until before `ends_at`; taking it back deletes it."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period"),
        CheckConstraint("delegate <> delegator", name="delegate"),
        at_most("comments", 1000),
        Index("ix_delegations_delegate", "tenant_id", "delegate", "ends_at"),
    )

    permission: Mapped[str]
    delegator: Mapped[str] = mapped_column(Name)
    delegate: Mapped[str] = mapped_column(Name)
    starts_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ends_at: Mapped[datetime]
    comments: Mapped[str] = mapped_column(server_default=text("''"))
