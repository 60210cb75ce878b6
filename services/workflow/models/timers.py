"""Clocks of items, and timers of the states that they are in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import Base
from shared.db import Name
from shared.rows import Row, one_of, unique


class Clock(Row, Base):
    """Time that an item has spent towards a target. `next_at` is when it has something to tell, due to a sweep.

    Items of several tables have clocks, so that none of them can be a foreign key; who deletes an item deletes them.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        unique("entity", "entity_id", "name"),
        one_of("mode", "running", "paused", "ended"),
        CheckConstraint("(mode = 'running') = (runs_since is not null)", name="running"),
        CheckConstraint("mode = 'running' or next_at is null", name="standing"),
        CheckConstraint("target_seconds >= 0 and spent_seconds >= 0", name="seconds"),
        Index("ix_clocks_next", "tenant_id", "next_at", postgresql_where=text("next_at is not null")),
    )

    entity: Mapped[str] = mapped_column(Name)
    entity_id: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    mode: Mapped[str]
    target_seconds: Mapped[float] = mapped_column(Double)
    spent_seconds: Mapped[float] = mapped_column(Double, server_default=text("0"))
    runs_since: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Timer(Row, Base):
    """Something that happens to an item at a time, unless it leaves its state before; what, its definition says."""

    __tablename__ = "timers"
    __table_args__ = (
        unique("entity", "entity_id", "name"),
        Index("ix_timers_due", "tenant_id", "due_at"),
    )

    entity: Mapped[str] = mapped_column(Name)
    entity_id: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    state: Mapped[str]
    due_at: Mapped[datetime]
