"""What happened to items: attempts of transitions, steps of permits and the like, bulk calls, denials.

A record stands beside the audit row of the same event (`audit_id`) and outlives the item, so it has no foreign keys.
"""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, Numeric, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import Base
from shared.rows import one_of
from shared.tenancy import TenantOwned

EMPTY_OBJECT = text("'{}'::jsonb")
EMPTY_ARRAY = text("'[]'::jsonb")
NO_TEXTS = text("'{}'::text[]")


class Recorded(TenantOwned):
    """Written once, never changed."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-9)
    audit_id: Mapped[int | None]
    correlation_id: Mapped[uuid.UUID] = mapped_column(UUID)
    created_at: Mapped[datetime] = mapped_column(server_default=func.statement_timestamp())


class TransitionRecord(Recorded, Base):
    """An attempt, successful or refused. `actor` is null for the system, which may act on behalf of a person."""

    __tablename__ = "transition_records"
    __table_args__ = (
        CheckConstraint("success = (cardinality(error_codes) = 0)", name="codes"),
        Index("ix_transition_records_entity", "tenant_id", "entity", "entity_id", "id"),
        Index("ix_transition_records_created", "tenant_id", "created_at", "id"),
        Index("ix_transition_records_audit", "tenant_id", "audit_id"),
    )

    machine: Mapped[str]
    machine_version: Mapped[int]
    entity: Mapped[str]
    entity_id: Mapped[int]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    success: Mapped[bool]
    error_codes: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)
    actor: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    reason: Mapped[str]
    client: Mapped[str]
    comments: Mapped[str] = mapped_column(server_default=text("''"))
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", JSONB, server_default=EMPTY_OBJECT)
    flags: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)
    seconds_in_state: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    execution_ms: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    lock_wait_ms: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))


class Step(Recorded, Base):
    """A step in an item's life that is no transition of its main machine; nobody votes twice in a round, which is named
    by the version of the item at which it began."""

    __tablename__ = "steps"
    __table_args__ = (
        one_of("kind", "permit", "verification", "assignment", "vote", "sla_breach"),
        Index("ix_steps_entity", "tenant_id", "entity", "entity_id", "id"),
        Index(
            "uq_steps_vote",
            "tenant_id",
            "entity",
            "entity_id",
            "round",
            "actor",
            unique=True,
            postgresql_where=text("kind = 'vote'"),
        ),
    )

    entity: Mapped[str]
    entity_id: Mapped[int]
    kind: Mapped[str]
    decision: Mapped[str]
    comments: Mapped[str] = mapped_column(server_default=text("''"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    actor: Mapped[str | None]
    round: Mapped[int] = mapped_column(server_default=text("0"))


class BulkRecord(Recorded, Base):
    __tablename__ = "bulk_records"
    __table_args__ = (
        CheckConstraint("successful + failed <= total", name="counts"),
        Index("ix_bulk_records_audit", "tenant_id", "audit_id"),
    )

    operation: Mapped[str]
    entity: Mapped[str]
    total: Mapped[int]
    successful: Mapped[int]
    failed: Mapped[int]
    success_ratio: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    successful_ids: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_ARRAY)
    failed_ids: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_ARRAY)
    failure_details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=EMPTY_OBJECT)
    was_rolled_back: Mapped[bool] = mapped_column(server_default=text("false"))
    rollback_reason: Mapped[str | None]
    execution_ms: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    actor: Mapped[str | None]


class DenialRecord(Recorded, Base):
    __tablename__ = "denial_records"
    __table_args__ = (
        CheckConstraint("risk_score between 0 and 100", name="risk_score"),
        one_of("risk_level", "LOW", "MEDIUM", "HIGH", "CRITICAL"),
        Index("ix_denial_records_actor", "tenant_id", "actor", "created_at"),
        Index("ix_denial_records_audit", "tenant_id", "audit_id"),
    )

    required_permissions: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)
    held_permissions: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)
    attempted_action: Mapped[str]
    entity: Mapped[str | None]
    entity_id: Mapped[str | None]
    method: Mapped[str | None]
    path: Mapped[str | None]
    risk_score: Mapped[int]
    risk_level: Mapped[str]
    suspicious: Mapped[bool] = mapped_column(server_default=text("false"))
    actor: Mapped[str | None]
