"""What was sent to targets elsewhere, so that nothing is sent twice."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.rows import Base
from services.sync.models.runs import EMPTY_OBJECT
from shared.db import Name
from shared.rows import belongs_to
from shared.tenancy import TenantOwned


class DeliveredRow(TenantOwned, Base):
    """A row of a pipeline as it was delivered last: the hash of its content, and how many times it has been. `address`
    are the values by which it is found there, `left_mark` is of what it was there then, and `gone_at` says since when
    the source has no more of it."""

    __tablename__ = "delivered_rows"
    __table_args__ = (belongs_to("pipelines", "pipeline", remote=["name"], ondelete="CASCADE"),)

    pipeline: Mapped[str] = mapped_column(Name, primary_key=True)
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    content_hash: Mapped[uuid.UUID] = mapped_column(UUID)
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    run_id: Mapped[uuid.UUID] = mapped_column(UUID)
    delivered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    address: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    left_mark: Mapped[str | None]
    gone_at: Mapped[datetime | None]
