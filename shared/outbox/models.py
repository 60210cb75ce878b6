"""Columns of the outbox. Each service has one such table."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Identity, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.tenancy import Context, TenantOwned

STATUSES = ("pending", "delivered", "skipped", "failed")
# How long a letter is tried, from when it was posted or posted again.
DAYS = 3


class OutboxMixin(TenantOwned):
    """One letter: `kind` names the sender that delivers it, `target` means something to that sender only.

    `id` is the same at every attempt, so that receivers can tell a repetition. Letters with the same target and
    `ordering_key` leave in the order of `number`; that is the order of their transactions where these lock the thing
    that the key names. `attempt` is the fencing token: who holds an older number may record nothing. `reply` names a
    job that is told the outcome.
    """

    __tablename__: str
    __personal__: ClassVar = "target payload"

    id: Mapped[uuid.UUID] = mapped_column(
        UUID, primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()"), sort_order=-9
    )
    number: Mapped[int] = mapped_column(Identity(always=True))
    kind: Mapped[str]
    subject: Mapped[str]
    target: Mapped[str]
    ordering_key: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[str] = mapped_column(server_default="pending")
    reason: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    correlation_id: Mapped[uuid.UUID] = mapped_column(UUID, server_default=text("gen_random_uuid()"))
    origin_correlation_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    give_up_at: Mapped[datetime] = mapped_column(server_default=text(f"now() + interval '{DAYS} days'"))
    ended_at: Mapped[datetime | None]

    @property
    def dead_letter(self) -> bool:
        return self.status == "failed"

    @property
    def context(self) -> Context:
        """The tenant and the story that the letter belongs to; it speaks for nobody but the service."""
        return Context(
            tenant_id=self.tenant_id,
            correlation_id=self.correlation_id,
            origin_correlation_id=self.origin_correlation_id,
        )

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        name = cls.__tablename__
        waiting = text("status = 'pending'")
        return (
            CheckConstraint("status in ('pending', 'delivered', 'skipped', 'failed')", name="status"),
            CheckConstraint("(status = 'pending') = (ended_at is null)", name="ended"),
            Index(f"ix_{name}_due", "next_attempt_at", postgresql_where=waiting),
            Index(
                f"ix_{name}_order", "tenant_id", "kind", "target", "ordering_key", "number", postgresql_where=waiting
            ),
            Index(f"ix_{name}_ended", "ended_at", postgresql_where=text("status <> 'pending'")),
            Index(f"ix_{name}_dead", "ended_at", postgresql_where=text("status = 'failed'")),
            Index(f"ix_{name}_newest", "tenant_id", "created_at", "id"),
        )
