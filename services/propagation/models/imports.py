"""The rows of an imported file, kept until the import has ended, and what became of each."""

import uuid
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.propagation.models.rows import Base
from shared.db import Name
from shared.rows import belongs_to, one_of
from shared.tenancy import TenantOwned


class ImportRow(TenantOwned, Base):
    """`cells` are the row as it was read; they go when it has taken effect. `work` is what a check made of it, `wanted`
    the ids that its cells stand for, `place` brings together what has to be planned together."""

    __tablename__ = "import_rows"
    __table_args__ = (
        belongs_to("propagation_jobs", "job_id", ondelete="CASCADE"),
        one_of("work", "check", "update", "create", "none"),
        one_of("outcome", "created", "updated", "unchanged", "refused", "skipped"),
        Index("ix_import_rows_key", "tenant_id", "job_id", "key", postgresql_where=text("key is not null")),
        Index(
            "ix_import_rows_string", "tenant_id", "job_id", "string_id", postgresql_where=text("string_id is not null")
        ),
        Index(
            "ix_import_rows_open",
            "tenant_id",
            "job_id",
            "work",
            "place",
            "row",
            postgresql_where=text("outcome is null"),
        ),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str | None] = mapped_column(Name)
    string_id: Mapped[int | None]
    parent_id: Mapped[int | None]
    parent_row: Mapped[int | None]
    cells: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    work: Mapped[str] = mapped_column(server_default=text("'check'"))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    place: Mapped[int] = mapped_column(server_default=text("0"))
    outcome: Mapped[str | None]
    value: Mapped[str | None] = mapped_column(Name)
    faults: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
