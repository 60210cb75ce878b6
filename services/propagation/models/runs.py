"""Runs, what they could not change, what went wrong, and each person's own settings."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from services.propagation.models.records import JobEvent
from services.propagation.models.rows import Base
from shared.db import Name
from shared.jobs.models import JobMixin
from shared.rows import Row, belongs_to, one_of
from shared.tenancy import TenantOwned
from shared.versioning import Versioned

TRIGGERS = (
    "detail_create",
    "detail_update",
    "detail_delete",
    "batch_update",
    "string_update",
    "parent_change",
    "dimension_value_change",
    "rule_change",
    "manual_propagation",
    "import",
    "analysis",
    "retry",
    "undo",
    "system",
)
METHODS = ("synchronous", "background", "chunked")
ERROR_TYPES = (
    "string_generation_error",
    "validation_error",
    "conflict_error",
    "circular_dependency",
    "permission_error",
    "database_error",
    "timeout_error",
    "unknown_error",
)


class Job(JobMixin, Base):
    """A run: counters are strings. Chunks of a large run are rows of this table below their run."""

    __tablename__ = "propagation_jobs"
    event_model = JobEvent

    trigger_type: Mapped[str] = mapped_column(server_default=text("'system'"))
    processing_method: Mapped[str] = mapped_column(server_default=text("'synchronous'"))
    error_handling: Mapped[str] = mapped_column(server_default=text("'continue'"))
    max_depth: Mapped[int] = mapped_column(server_default=text("10"))
    truncated: Mapped[bool] = mapped_column(server_default=text("false"))
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default=text("'{}'::jsonb"))
    undo_of: Mapped[uuid.UUID | None] = mapped_column(UUID)
    undone_by: Mapped[uuid.UUID | None] = mapped_column(UUID)

    @property
    def triggered_by_name(self) -> str:
        return self.requested_by_name or self.requested_by or "System"

    @property
    def duration(self) -> str | None:
        """`42s`, `3m 5s`; None before the end."""
        if self.duration_seconds is None:
            return None
        minutes, seconds = divmod(round(self.duration_seconds), 60)
        return f"{minutes}m {seconds}s" if minutes else f"{seconds}s"

    @property
    def success_rate(self) -> float:
        return round(self.processed * 100 / self.total, 1) if self.total else 100.0 * self.is_ended

    @property
    def error_message(self) -> str | None:
        return (self.error or {}).get("detail")

    @property
    def last_updated(self) -> datetime:
        return self.completed_at or self.started_at or self.created_at

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            *super().__table_args__,
            one_of("trigger_type", *TRIGGERS),
            one_of("processing_method", *METHODS),
            one_of("error_handling", "continue", "stop", "rollback"),
            Index("ix_propagation_jobs_requested_by", "tenant_id", "requested_by"),
            Index("ix_propagation_jobs_newest", "tenant_id", "created_at", "id"),
        )


class RunChange(TenantOwned, Base):
    """A string that a run planned, failed to change or left out; what it did change is in `string_versions`.

    Rows with the cause `lineage` keep, by dimension, the source of values that became own and the version since then.
    """

    __tablename__ = "propagation_changes"
    __table_args__ = (
        belongs_to("propagation_jobs", "job_id", ondelete="CASCADE"),
        one_of("change_type", "direct", "inherited"),
        one_of("outcome", "planned", "failed", "skipped"),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    string_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int]
    change_type: Mapped[str]
    cause: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    version_before: Mapped[int | None]
    outcome: Mapped[str]


class RunError(Row, Base):
    """One failure of a run, kept until somebody resolves it and cleaned up with its job."""

    __tablename__ = "propagation_errors"
    __table_args__ = (
        belongs_to("propagation_jobs", "job_id", ondelete="CASCADE"),
        one_of("error_type", *ERROR_TYPES),
        CheckConstraint("retry_count >= 0", name="retry_count"),
        Index("ix_propagation_errors_list", "tenant_id", "resolved", "created_at"),
        Index("ix_propagation_errors_job", "tenant_id", "job_id"),
        Index("ix_propagation_errors_string", "tenant_id", "string_id"),
        # For the figures over all tenants.
        Index("ix_propagation_errors_newest", "created_at"),
        Index("ix_propagation_errors_unresolved", "error_type", postgresql_where=text("not resolved")),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(UUID)
    # Without foreign keys: when the string goes, the reference is emptied set-based with it.
    string_id: Mapped[int | None]
    string_detail_id: Mapped[int | None]
    error_type: Mapped[str]
    error_code: Mapped[str]
    error_message: Mapped[str]
    context_data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    retry_count: Mapped[int] = mapped_column(server_default=text("0"))
    is_retryable: Mapped[bool]
    resolved: Mapped[bool] = mapped_column(server_default=text("false"))
    resolution: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    resolved_by_name: Mapped[str | None]


class UserSettings(Row, Versioned, Base):
    """A person's own layer of the settings."""

    __tablename__ = "propagation_settings"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id"),)

    user_id: Mapped[str] = mapped_column(Name)
    user_name: Mapped[str | None]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
