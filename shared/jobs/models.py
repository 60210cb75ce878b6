"""Columns of jobs and their events. Each service has one table of each: it subclasses the mixin and may add columns.

Added columns must be nullable or have a server default, because chunks are inserted without naming them.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.tenancy import TenantOwned

Status = Literal["pending", "running", "completed", "partial_failure", "failed", "cancelled"]
EndStatus = Literal["completed", "partial_failure", "failed", "cancelled"]
ACTIVE = ("pending", "running")
ENDED = ("completed", "partial_failure", "failed", "cancelled")
RETRYABLE = ("failed", "partial_failure", "cancelled")


class JobEventMixin(TenantOwned):
    """One event of a job, or of what `job_id` is made of. Without a foreign key: the ring forgets by age."""

    __tablename__: str
    __personal__: ClassVar = "requested_by"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[uuid.UUID] = mapped_column(UUID)
    requested_by: Mapped[str | None]
    type: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            Index(f"ix_{cls.__tablename__}_job", "tenant_id", "job_id", "id"),
            Index(f"ix_{cls.__tablename__}_age", "created_at"),
        )


class JobMixin(TenantOwned):
    """One piece of background work, or one chunk of it (`parent_id`; chunks are hidden from lists).

    `attempt` counts claims and is the fencing token: whoever holds an older number may write nothing. A running
    job without a lease has handed its work to chunks and waits, in no process, for the last of them.
    """

    __tablename__: str
    __personal__: ClassVar = "requested_by requested_by_name"
    event_model: ClassVar[type[JobEventMixin]]

    id: Mapped[uuid.UUID] = mapped_column(
        UUID, primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()"), sort_order=-9
    )
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    queue: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    total: Mapped[int] = mapped_column(Integer, server_default="0")
    processed: Mapped[int] = mapped_column(Integer, server_default="0")
    failed: Mapped[int] = mapped_column(Integer, server_default="0")
    skipped: Mapped[int] = mapped_column(Integer, server_default="0")
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    max_attempts: Mapped[int] = mapped_column(Integer, server_default="5")
    attempt_errors: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    dead_letter: Mapped[bool] = mapped_column(server_default=text("false"))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    children: Mapped[int] = mapped_column(Integer, server_default="0")
    parent_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    # No foreign key: the first job may be cleaned up while its retry lives on.
    retry_of: Mapped[uuid.UUID | None] = mapped_column(UUID)
    idempotency_key: Mapped[str | None]
    requested_by: Mapped[str | None]
    requested_by_name: Mapped[str | None]
    correlation_id: Mapped[uuid.UUID] = mapped_column(UUID, server_default=text("gen_random_uuid()"))
    origin_correlation_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    statement_timeout_seconds: Mapped[int | None] = mapped_column(Integer)
    run_timeout_seconds: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    run_at: Mapped[datetime] = mapped_column(server_default=func.now())
    dispatched_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED

    @property
    def progress_percentage(self) -> float:
        """Share of the total that is done or has failed; 100 for an ended job that had nothing to do."""
        if self.total == 0:
            return 100.0 if self.is_ended else 0.0
        return round((self.processed + self.failed) * 100 / self.total, 1)

    @property
    def duration_seconds(self) -> float | None:
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """A subclass with constraints of its own returns `(*super().__table_args__, ...)`."""
        return (*_constraints(cls.__tablename__), *_indexes(cls.__tablename__))


def _constraints(table: str) -> list[Any]:
    return [
        ForeignKeyConstraint(["tenant_id", "parent_id"], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "kind", "idempotency_key"),
        CheckConstraint(
            "status in ('pending', 'running', 'completed', 'partial_failure', 'failed', 'cancelled')", name="status"
        ),
        CheckConstraint("processed >= 0 and failed >= 0 and skipped >= 0", name="counters_not_negative"),
        CheckConstraint("processed + failed <= total", name="counters_within_total"),
        CheckConstraint("(status in ('pending', 'running')) = (completed_at is null)", name="ended"),
        CheckConstraint("completed_at >= started_at", name="order_of_times"),
        CheckConstraint("max_attempts >= 1", name="max_attempts"),
    ]


def _indexes(table: str) -> list[Index]:
    return [
        Index(f"ix_{table}_relay_pending", "run_at", postgresql_where=text("status = 'pending'")),
        Index(f"ix_{table}_relay_running", "lease_until", postgresql_where=text("status = 'running'")),
        Index(f"ix_{table}_relay_dead", "completed_at", postgresql_where=text("dead_letter")),
        Index(f"ix_{table}_relay_ended", "completed_at", postgresql_where=text("parent_id is null")),
        Index(f"ix_{table}_list", "tenant_id", "status", "created_at"),
        Index(f"ix_{table}_parent", "tenant_id", "parent_id", postgresql_where=text("parent_id is not null")),
        Index(f"ix_{table}_retry_of", "tenant_id", "retry_of", postgresql_where=text("retry_of is not null")),
    ]
