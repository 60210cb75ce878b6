"""Background work of this service: jobs, and the runs of pipelines that are one to one with them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, JSONB, TEXT, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.domain.tally import Tally
from services.sync.models.records import JobEvent
from services.sync.models.rows import Base
from shared.db import Name
from shared.jobs.models import JobMixin
from shared.rows import belongs_to, one_of
from shared.tenancy import TenantOwned

KINDS = ("incremental", "full", "partial", "dry_run", "redrive")
TRIGGERS = ("api", "cli", "schedule", "group", "airflow")
ASKING = ("api", "cli", "airflow")  # those that a request may name
STATUSES = ("pending", "running", "completed", "completed_with_errors", "failed", "cancelled", "skipped")
ACTIVE = "status in ('pending', 'running')"
EMPTY_OBJECT, EMPTY_LIST = text("'{}'::jsonb"), text("'[]'::jsonb")


class Job(JobMixin, Base):
    """Counters are rows."""

    __tablename__ = "sync_jobs"
    event_model = JobEvent


class PipelineRun(TenantOwned, Base):
    """One run of a pipeline; `id` is also that of its job, which is forgotten earlier.

    `parameters` are those of the request. `stats` are the counters of its rows, the sum of those of its partitions;
    `plan` is what was decided when it started and holds for all its attempts.
    """

    __tablename__ = "runs"
    __table_args__ = (
        one_of("kind", *KINDS),
        one_of("trigger", *TRIGGERS),
        one_of("status", *STATUSES),
        CheckConstraint(f"({ACTIVE}) = (completed_at is null)", name="ended"),
        CheckConstraint("completed_at >= started_at", name="order_of_times"),
        # One at a time; dry runs and redrives stand outside.
        Index(
            "uq_runs_active",
            "tenant_id",
            "pipeline",
            unique=True,
            postgresql_where=text(f"{ACTIVE} and kind in ('incremental', 'full', 'partial')"),
        ),
        Index("ix_runs_newest", "tenant_id", "created_at", "id"),
        Index("ix_runs_ended", "completed_at"),
        Index("ix_runs_pipeline", "tenant_id", "pipeline", "created_at"),
        Index("ix_runs_group", "tenant_id", "group_run_id", postgresql_where=text("group_run_id is not null")),
    )

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    pipeline: Mapped[str] = mapped_column(Name)
    entity: Mapped[str] = mapped_column(Name)
    config_version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]
    why_full: Mapped[str | None]
    trigger: Mapped[str] = mapped_column(server_default="api")
    actor: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    skip_reason: Mapped[str | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    group_run_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    watermark_before: Mapped[str | None]
    watermark_after: Mapped[str | None]
    stats: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    stages: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    skips: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    unmapped_fields: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    warnings: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    correlation_id: Mapped[uuid.UUID] = mapped_column(UUID)

    @property
    def duration_seconds(self) -> float | None:
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()


class RunPartition(TenantOwned, Base):
    """A part of a run that is worked on by itself. `checkpoint` is where its next batch begins, null before the first;
    `done` says that there is none."""

    __tablename__ = "run_partitions"
    __table_args__ = (belongs_to("runs", "run_id", ondelete="CASCADE"),)

    run_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    bounds: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    checkpoint: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    tally: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    batches: Mapped[int] = mapped_column(Integer, server_default="0")
    done: Mapped[bool] = mapped_column(server_default=text("false"))
    committed_at: Mapped[datetime | None]

    @property
    def stats(self) -> dict[str, int]:
        return Tally.from_dict(self.tally).stats()


class RunRow(TenantOwned, Base):
    """A row of a run that was not simply loaded, and why."""

    __tablename__ = "run_rows"
    __table_args__ = (
        belongs_to("runs", "run_id", ondelete="CASCADE"),
        Index("ix_run_rows_outcome", "tenant_id", "run_id", "outcome", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    outcome: Mapped[str]
    key: Mapped[str | None]
    position: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    code: Mapped[str | None]
    field: Mapped[str | None]
    text: Mapped[str | None]


class RunDifference(TenantOwned, Base):
    """What a dry run found that a run would do to a row: `fields` is field to [old, new]."""

    __tablename__ = "run_differences"
    __table_args__ = (
        belongs_to("runs", "run_id", ondelete="CASCADE"),
        one_of("action", "create", "update", "restore", "delete"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    key: Mapped[str | None]
    action: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SeenRows(TenantOwned, Base):
    """Rows of the target that a batch has met, for the deletes at the end: by id where it matched them, else by key."""

    __tablename__ = "run_seen_rows"
    __table_args__ = (belongs_to("runs", "run_id", ondelete="CASCADE"),)

    run_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    ids: Mapped[list[int]] = mapped_column(ARRAY(BIGINT), server_default=text("'{}'::bigint[]"))
    keys: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=text("'{}'::text[]"))


class RunMark(TenantOwned, Base):
    """Of a value that a run has met, for rules that look at all its rows: `rule` is the number of the rule."""

    __tablename__ = "run_marks"
    __table_args__ = (belongs_to("runs", "run_id", ondelete="CASCADE"),)

    run_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    rule: Mapped[int] = mapped_column(Integer, primary_key=True)
    mark: Mapped[int] = mapped_column(BIGINT, primary_key=True)
