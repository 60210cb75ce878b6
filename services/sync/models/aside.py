"""What did not simply load, and what loading changed: quarantine, conflicts, the history of rows."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.domain.conflicts import differing
from services.sync.models.rows import Base
from services.sync.models.runs import EMPTY_LIST, EMPTY_OBJECT
from shared.auditing.classification import INTERNAL
from shared.db import Name
from shared.rows import Row, at_most, one_of, unique
from shared.tenancy import TenantOwned
from shared.versioning import Versioned


class QuarantineEntry(Row, Versioned, Base):
    """A row that could not be loaded, or waits for its parent. One entry for the same content under the same key;
    `key` is empty where the row has none that can be read."""

    __tablename__ = "quarantine_entries"
    __table_args__ = (
        unique("pipeline", "key", "content_hash"),
        one_of("kind", "bad", "parked"),
        one_of("status", "open", "resolved", "discarded"),
        one_of("stage", "extract", "transform", "validate", "load"),
        at_most("comment", 2000),
        Index("ix_quarantine_entries_status", "tenant_id", "status", "pipeline", "id"),
        Index(
            "ix_quarantine_entries_waiting",
            "tenant_id",
            "waiting_table",
            "waiting_key",
            postgresql_where=text("status = 'open' and kind = 'parked'"),
        ),
    )

    pipeline: Mapped[str] = mapped_column(Name)
    run_id: Mapped[uuid.UUID] = mapped_column(UUID)
    kind: Mapped[str]
    stage: Mapped[str]
    key: Mapped[str] = mapped_column(Name, server_default="")
    content_hash: Mapped[uuid.UUID] = mapped_column(UUID)
    position: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    errors: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    row: Mapped[Any] = mapped_column(JSONB)
    corrected_row: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    waiting_table: Mapped[str | None] = mapped_column(Name)
    waiting_key: Mapped[str | None] = mapped_column(Name)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    times_seen: Mapped[int] = mapped_column(Integer, server_default="1")
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    status: Mapped[str] = mapped_column(server_default="open")
    resolved_run_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    comment: Mapped[str | None]


class SyncConflict(Row, Versioned, Base):
    """A row that both sides have changed. At most one is open for a pipeline and key.

    When its source goes on while an approval is open, that one is withdrawn (`former_approval_id`, until it has been)
    and another is asked for, in the next `approval_round`.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        one_of("status", "open", "resolved", "obsolete"),
        one_of("resolution", "source", "target", "merged"),
        Index(
            "uq_conflicts_open", "tenant_id", "pipeline", "key", unique=True, postgresql_where=text("status = 'open'")
        ),
        Index("ix_conflicts_status", "tenant_id", "status", "pipeline", "id"),
        Index("ix_conflicts_former", "tenant_id", "pipeline", postgresql_where=text("former_approval_id is not null")),
    )

    pipeline: Mapped[str] = mapped_column(Name)
    run_id: Mapped[uuid.UUID] = mapped_column(UUID)
    table_name: Mapped[str] = mapped_column(Name)
    row_id: Mapped[int]
    key: Mapped[str] = mapped_column(Name)
    source_hash: Mapped[uuid.UUID] = mapped_column(UUID)
    source_values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    target_values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    target_version: Mapped[int]
    source_changed_at: Mapped[datetime | None]
    target_edited_at: Mapped[datetime | None]
    target_edited_by: Mapped[str | None]
    strategy: Mapped[str] = mapped_column(server_default="manual")
    status: Mapped[str] = mapped_column(server_default="open")
    resolution: Mapped[str | None]
    resolved_values: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    approval_asked_at: Mapped[datetime | None]
    approval_id: Mapped[int | None]
    approval_round: Mapped[int] = mapped_column(Integer, server_default="0")
    former_approval_id: Mapped[int | None]

    @property
    def approval_ref(self) -> str:
        """What the approval that is to decide is called here."""
        return f"{self.id}.{self.approval_round}" if self.approval_round else str(self.id)

    @property
    def differing_fields(self) -> list[str]:
        return differing(self.source_values, self.target_values)


class RowHistory(TenantOwned, Base):
    """What a run changed in a row of the catalogue: field to [old, new]. Kept 90 days."""

    __tablename__ = "row_history"
    __table_args__ = (
        one_of("action", "update", "restore", "delete"),
        Index("ix_row_history_row", "tenant_id", "table_name", "row_id", "id"),
        Index("ix_row_history_age", "at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    table_name: Mapped[str] = mapped_column(Name)
    row_id: Mapped[int]
    run_id: Mapped[uuid.UUID] = mapped_column(UUID, info=INTERNAL)
    action: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
