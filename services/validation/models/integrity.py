"""Integrity runs: what was looked for, what was found, what was changed and from what, and which rows are set apart."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.models.rows import Base
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of
from shared.tenancy import TenantOwned

ZERO = text("0")
EMPTY = text("'{}'::jsonb")
MODES = ("check", "dry_run", "fix", "undo")
ACTIVE = ("pending", "running")
STATES = (*ACTIVE, "completed", "failed", "cancelled")


class IntegrityRun(TenantOwned, Base):
    """One run; its id is that of its job, if it is one. `digest` stands for everything that a dry run showed."""

    __tablename__ = "integrity_runs"
    __table_args__ = (
        one_of("mode", *MODES),
        one_of("state", *STATES),
        Index("ix_integrity_runs_newest", "tenant_id", "created_at", "id"),
        Index(
            "ix_integrity_runs_changing",
            "tenant_id",
            postgresql_where=text("mode in ('fix', 'undo') and state in ('pending', 'running')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True, default=uuid.uuid4)
    mode: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    exit_code: Mapped[int | None] = mapped_column(Integer)
    options: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY)
    rule_sets: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    totals: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY)
    info: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY)
    digest: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class IntegrityResult(TenantOwned, Base):
    """What a run found and did of one rule. What the rule was then is copied."""

    __tablename__ = "integrity_results"
    __table_args__ = (
        belongs_to("integrity_runs", "run_id", ondelete="CASCADE"),
        one_of("status", "ok", "findings", "fixed", "error", "not_run"),
        Index("ix_integrity_results_rule", "tenant_id", "rule_set", "rule", "run_id"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    rule_set: Mapped[str] = mapped_column(Name, primary_key=True)
    rule: Mapped[str] = mapped_column(Name, primary_key=True)
    # A rule of the same id may be about another table.
    table_name: Mapped[str] = mapped_column(Name, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    check: Mapped[str]
    title: Mapped[str]
    severity: Mapped[str]
    kind: Mapped[str]
    field: Mapped[str | None]
    found: Mapped[int] = mapped_column(server_default=ZERO)
    fixed: Mapped[int] = mapped_column(server_default=ZERO)
    changed_rows: Mapped[int] = mapped_column(server_default=ZERO)
    remaining: Mapped[int] = mapped_column(server_default=ZERO)
    fixable: Mapped[bool]
    status: Mapped[str]
    constraint_name: Mapped[str | None]
    constraint_state: Mapped[str | None]


class IntegrityFinding(TenantOwned, Base):
    """A failing row that a run keeps as an example. `told` has `value`, and `fixed_value` where a fix was looked at."""

    __tablename__ = "integrity_findings"
    __table_args__ = (
        belongs_to("integrity_runs", "run_id", ondelete="CASCADE"),
        Index("ix_integrity_findings_run", "tenant_id", "run_id", "rule", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(UUID)
    rule_set: Mapped[str] = mapped_column(Name)
    rule: Mapped[str] = mapped_column(Name)
    table_name: Mapped[str] = mapped_column(Name)
    row_id: Mapped[int | None]
    name: Mapped[str | None]
    field: Mapped[str | None]
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)

    @property
    def value(self) -> Any:
        return self.told.get("value")

    @property
    def fixed_value(self) -> Any:
        return self.told.get("fixed_value")


class BeforeImage(TenantOwned, Base):
    """What one rule's fix changed in a row: fields with old and new values; the whole row where it was deleted."""

    __tablename__ = "before_images"
    __table_args__ = (
        belongs_to("integrity_runs", "run_id", ondelete="CASCADE"),
        Index("ix_before_images_run", "tenant_id", "run_id", "rule", "id"),
        Index("ix_before_images_age", "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(UUID)
    rule: Mapped[str] = mapped_column(Name)
    table_name: Mapped[str] = mapped_column(Name)
    row_id: Mapped[int]
    old: Mapped[dict[str, Any]] = mapped_column(JSONB)
    new: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]


class QuarantineEntry(Row, Base):
    """A row that breaks a rule which sets such rows apart, until a run finds it clean or somebody releases it."""

    __tablename__ = "quarantine_entries"
    __table_args__ = (
        one_of("state", "open", "fixed", "released"),
        CheckConstraint("(state = 'open') = (closed_at is null)", name="closed"),
        at_most("reason", 500),
        Index(
            "unique_open_quarantine_entry",
            "tenant_id",
            "table_name",
            "row_id",
            "rule",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    table_name: Mapped[str] = mapped_column(Name)
    row_id: Mapped[int]
    rule_set: Mapped[str] = mapped_column(Name)
    rule: Mapped[str] = mapped_column(Name)
    run_id: Mapped[uuid.UUID] = mapped_column(UUID)
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
