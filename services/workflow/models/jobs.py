"""Background work, and the items of bulk operations that became a job."""

import uuid
from typing import Any

from sqlalchemy import Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.records import JobEvent
from services.workflow.models.rows import Base
from shared.jobs.models import JobMixin
from shared.rows import belongs_to, one_of
from shared.tenancy import TenantOwned

ITEM_STATUSES = ("pending", "done", "unchanged", "failed", "would_succeed", "rolled_back")


class Job(JobMixin, Base):
    """Counters are items. `bulk` says what a bulk job is and how it ended; `checked` counts its look before the run."""

    __tablename__ = "workflow_jobs"
    event_model = JobEvent

    checked: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    bulk: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    @property
    def progress_percentage(self) -> float:
        """Of a run that is all or nothing the look at its items is half of the way."""
        if self.is_ended or not self.checked:
            return super().progress_percentage
        return round((self.checked + self.processed + self.failed) * 50 / self.total, 1)


class JobItem(TenantOwned, Base):
    """One item of a bulk job at its place in the request. `item_id` is 0 for what cannot be an id."""

    __tablename__ = "job_items"
    __table_args__ = (
        belongs_to("workflow_jobs", "job_id", ondelete="CASCADE"),
        one_of("status", *ITEM_STATUSES),
        Index("ix_job_items_item", "tenant_id", "job_id", "item_id", "position"),
        # Each row is written twice: when the job is asked for, and with what came of it, on the same page.
        {"postgresql_with": {"fillfactor": 55}},
    )

    job_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    sent: Mapped[Any] = mapped_column(JSONB, nullable=False)
    item_id: Mapped[int]
    sent_version: Mapped[int | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    code: Mapped[str | None]
    detail: Mapped[str | None]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    version: Mapped[int | None]
    warnings: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))

    @property
    def expected_version(self) -> int | None:
        return self.sent_version if self.code == "version_conflict" else None

    @property
    def actual_version(self) -> int | None:
        return self.version if self.code == "version_conflict" else None
