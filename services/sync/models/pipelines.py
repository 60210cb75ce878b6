"""Pipelines: the file as it stands, every version that it had, and how far its runs have come."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.rows import Base
from shared.auditing.classification import PERSONAL
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, unique
from shared.tenancy import TenantOwned
from shared.versioning import Versioned


class Pipeline(Row, Versioned, Base):
    """`config_version` is the number of the version in force. `active` is that of the file until somebody switches."""

    __tablename__ = "pipelines"
    __table_args__ = (
        unique("name"),
        CheckConstraint("name ~ '^[a-z][a-z0-9_-]{0,99}$'", name="name"),
        at_most("entity", 100),
        at_most("description", 2000),
        CheckConstraint("config_version >= 1", name="config_version"),
        Index("ix_pipelines_entity", "tenant_id", "entity"),
    )

    name: Mapped[str] = mapped_column(Name)
    entity: Mapped[str] = mapped_column(Name)
    description: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    config_version: Mapped[int] = mapped_column(Integer)


class PipelineVersion(TenantOwned, Base):
    """One text of a pipeline; never changed, and kept when the pipeline is deleted: runs name it."""

    __tablename__ = "pipeline_versions"
    __table_args__ = (CheckConstraint("octet_length(text) <= 262144", name="text_length"),)

    pipeline: Mapped[str] = mapped_column(Name, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str]
    checksum: Mapped[str]
    configuration: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str | None] = mapped_column(info=PERSONAL)


class PipelineState(TenantOwned, Base):
    """What the source and we last agreed on. `watermark` is a time (RFC 3339) or a number, as text; `checkpoint` the
    position of an unfinished run."""

    __tablename__ = "pipeline_states"
    __table_args__ = (belongs_to("pipelines", "pipeline", remote=["name"], ondelete="CASCADE"),)

    pipeline: Mapped[str] = mapped_column(Name, primary_key=True)
    last_sync_at: Mapped[datetime | None]
    last_successful_sync_at: Mapped[datetime | None]
    watermark: Mapped[str | None]
    last_run_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    last_successful_run_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    mapping_checksum: Mapped[str | None]
    checkpoint: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
