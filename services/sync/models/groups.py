"""Runs of several pipelines that wait for each other."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.rows import Base
from services.sync.models.runs import EMPTY_LIST, EMPTY_OBJECT
from shared.auditing.classification import PERSONAL
from shared.db import Name
from shared.rows import one_of
from shared.tenancy import TenantOwned

STATUSES = ("running", "completed", "completed_with_errors", "failed")


class GroupRun(TenantOwned, Base):
    """`name` is that of the group, null where all pipelines or the dependencies of one were asked for. `needs` has for
    each member those of the others that it depends on, `clean` the members that take only clean ones."""

    __tablename__ = "group_runs"
    __table_args__ = (
        one_of("status", *STATUSES),
        CheckConstraint("(status = 'running') = (completed_at is null)", name="ended"),
        Index("ix_group_runs_newest", "tenant_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    name: Mapped[str | None] = mapped_column(Name)
    status: Mapped[str] = mapped_column(server_default="running")
    needs: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    clean: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    completed_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(info=PERSONAL)
