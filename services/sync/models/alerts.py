"""Alerts: one for a pipeline and a cause, until it is over."""

import uuid
from datetime import datetime

from sqlalchemy import Identity, Index, func, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.domain.alerts import CAUSES
from services.sync.models.rows import Base
from shared.db import Name
from shared.rows import at_most, one_of
from shared.tenancy import TenantOwned


class Alert(TenantOwned, Base):
    """`over_at` is null while it goes on."""

    __tablename__ = "alerts"
    __table_args__ = (
        one_of("cause", *CAUSES),
        at_most("detail", 500),
        Index(
            "uq_alerts_open", "tenant_id", "pipeline", "cause", unique=True, postgresql_where=text("over_at is null")
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    pipeline: Mapped[str] = mapped_column(Name)
    cause: Mapped[str]
    detail: Mapped[str]
    run_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    raised_at: Mapped[datetime] = mapped_column(server_default=func.now())
    over_at: Mapped[datetime | None]
