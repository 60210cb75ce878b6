"""Names that a job checks, and what it finds; they go with the job."""

import uuid
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.propagation.models.rows import Base
from shared.rows import belongs_to
from shared.tenancy import TenantOwned


class CheckedName(TenantOwned, Base):
    """`row` counts from 1; `result` is null until the worker has come to it."""

    __tablename__ = "checked_names"
    __table_args__ = (belongs_to("propagation_jobs", "job_id", ondelete="CASCADE"),)

    job_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    given: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
