"""Columns of webhooks and of the log of their deliveries."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Identity, Index, Integer, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, UUID
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.db import Name
from shared.rows import Row, at_most, unique
from shared.tenancy import TenantOwned
from shared.versioning import Versioned


class WebhookMixin(Row, Versioned):
    """An address that wants to be told. No event types means all. Secrets are sealed (see shared.vault)."""

    __tablename__: str
    # An address often has a password of its own in it.
    __personal__: ClassVar = "url secret previous_secret"

    name: Mapped[str] = mapped_column(Name)
    url: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=text("'{}'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    inactive_reason: Mapped[str | None]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_valid_until: Mapped[datetime | None]

    told_secret = ""  # a new one in clear, for the one answer that tells it; no column

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return unique("name"), at_most("name", 100), at_most("url", 2000)


class WebhookDeliveryMixin(TenantOwned):
    """One attempt to deliver; forgotten after a month. `message_id` is that of the letter and of the header."""

    __tablename__: str
    __personal__: ClassVar = ""

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-9)
    webhook_id: Mapped[int]
    message_id: Mapped[uuid.UUID] = mapped_column(UUID)
    event_type: Mapped[str]
    attempt: Mapped[int] = mapped_column(Integer)
    status_code: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None]
    duration_ms: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def succeeded(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        name = cls.__tablename__
        return (
            Index(f"ix_{name}_webhook", "tenant_id", "webhook_id", "id"),
            Index(f"ix_{name}_age", "created_at"),
        )
