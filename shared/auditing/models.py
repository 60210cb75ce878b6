"""The audit table and its seals, as mixins: the same columns in every service."""

import enum
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Identity, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, JSONB, TEXT, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column

from shared.auditing.classification import INTERNAL, PERSONAL
from shared.auditing.spool import AuditSpoolMixin
from shared.tenancy import TenantOwned

RETENTION_DAYS = 90
# Each unit of work says how long its rows are kept (see Database), whichever statement writes them.
RETENTION = (
    "statement_timestamp() + make_interval("
    f"days => coalesce(nullif(current_setting('app.audit_days', true), ''), '{RETENTION_DAYS}')::int)"
)


class Level(enum.StrEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    SECURITY = "SECURITY"


class EventType(enum.StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    STATE_CHANGED = "STATE_CHANGED"
    BULK_OPERATION = "BULK_OPERATION"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    DATA_ACCESSED = "DATA_ACCESSED"
    EXPORT_EXECUTED = "EXPORT_EXECUTED"


_LOG = "audit_events"


def audit_events_of(model: type[DeclarativeBase]) -> "type[AuditEventMixin]":
    """The audit table beside the table of this model."""
    found: type[AuditEventMixin] = model.metadata.info[_LOG]
    return found


class AuditEventMixin(TenantOwned):
    """One row per change of state, in the transaction of the change; nobody may update it.

    Rows are ordered by `id`; `created_at` is the time of the writing statement and names the monthly partition.
    Which segment seals a row follows from its id (see shared.sealing), so that sealing writes nothing here.
    """

    __tablename__: Any
    spool: ClassVar[type[AuditSpoolMixin] | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.metadata.info[_LOG] = cls  # type: ignore[attr-defined]  # of the service's declarative base

    @classmethod
    def are_automatic(cls, session: Session) -> bool:  # noqa: ARG003 - for services that can be told otherwise
        """Whether creating, editing and deleting a row leave an audit row by themselves."""
        return True

    @classmethod
    def reader(cls, session: Session, messages: Sequence[str | None]) -> Callable[[str | None], str | None]:  # noqa: ARG003
        """What these messages say, for services that store them under keys."""
        return lambda message: message

    @classmethod
    def days_kept(cls, session: Session) -> Mapping[str, int]:  # noqa: ARG003 - for services where tenants may say so
        """Days that rows of an event type are kept, for types that the session's tenant keeps longer than usual."""
        return {}

    created_at: Mapped[datetime] = mapped_column(
        primary_key=True, server_default=func.statement_timestamp(), info=INTERNAL
    )
    id: Mapped[int] = mapped_column(BIGINT, Identity(always=True), primary_key=True, info=INTERNAL)
    event_type: Mapped[str] = mapped_column(info=INTERNAL)
    level: Mapped[str] = mapped_column(server_default="INFO", info=INTERNAL)
    action: Mapped[str] = mapped_column(info=INTERNAL)
    entity_type: Mapped[str] = mapped_column(info=INTERNAL)
    entity_id: Mapped[str | None] = mapped_column(info=INTERNAL)
    actor: Mapped[str | None] = mapped_column(info=PERSONAL)
    actor_name: Mapped[str | None] = mapped_column(info=PERSONAL)
    client_address: Mapped[str | None] = mapped_column(info=PERSONAL)
    message: Mapped[str | None] = mapped_column(info=INTERNAL)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), info=INTERNAL)
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB(none_as_null=True), info=INTERNAL)
    security_flags: Mapped[list[str] | None] = mapped_column(ARRAY(TEXT), info=INTERNAL)
    duration_ms: Mapped[int | None] = mapped_column(info=INTERNAL)
    correlation_id: Mapped[uuid.UUID] = mapped_column(UUID, info=INTERNAL)
    origin_correlation_id: Mapped[uuid.UUID | None] = mapped_column(UUID, info=INTERNAL)
    retention_class: Mapped[str] = mapped_column(server_default="standard", info=INTERNAL)
    retention_until: Mapped[datetime] = mapped_column(server_default=text(RETENTION), info=INTERNAL)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Each index is paid for by every row of a mass change, so each has to earn its place.

        The primary key gives the log of a tenant in time order. `entity` gives the story of one thing and `trace`
        that of one request (its entries repeat, so that they compress to little). `security` holds the few rows of
        its level only. `sealing` is a block range index: a few bytes for each 32 pages, and sealing reads by id.
        Actor and action are not indexed: reading them newest first with a limit does not need it.
        """
        name: str = cls.__tablename__
        brin: dict[str, Any] = {
            "postgresql_using": "brin",
            "postgresql_with": {"pages_per_range": 32, "autosummarize": True},
        }
        return (
            Index(f"ix_{name}_entity", "tenant_id", "entity_id"),
            Index(f"ix_{name}_trace", "tenant_id", "correlation_id"),
            Index(f"ix_{name}_security", "tenant_id", "created_at", postgresql_where=text("level = 'SECURITY'")),
            Index(f"ix_{name}_sealing", "id", **brin),
            {"postgresql_partition_by": "RANGE (created_at)"},
        )


class AuditSealMixin(TenantOwned):
    """The seal of one segment: the rows of one tenant and retention class after the seal before it, up to `last_id`.

    `seal_hash` covers every column up to `sealed_at` and, through `previous_hash`, all seals before. What may
    change later (archived, purged, signature) is outside of it. `row_ids` and `row_digests` (4 bytes a row) let
    `verify` name the rows that differ; they prove nothing themselves and go when the rows go.
    """

    __tablename__: Any

    retention_class: Mapped[str] = mapped_column(primary_key=True, info=INTERNAL)
    number: Mapped[int] = mapped_column(BIGINT, primary_key=True, autoincrement=False, info=INTERNAL)
    first_id: Mapped[int] = mapped_column(info=INTERNAL)
    last_id: Mapped[int] = mapped_column(info=INTERNAL)
    first_at: Mapped[datetime] = mapped_column(info=INTERNAL)
    last_at: Mapped[datetime] = mapped_column(info=INTERNAL)
    row_count: Mapped[int] = mapped_column(info=INTERNAL)
    rows_hash: Mapped[bytes] = mapped_column(LargeBinary, info=INTERNAL)
    retention_until: Mapped[datetime] = mapped_column(info=INTERNAL)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=INTERNAL)
    sealed_at: Mapped[datetime] = mapped_column(info=INTERNAL)
    seal_hash: Mapped[bytes] = mapped_column(LargeBinary, info=INTERNAL)
    row_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BIGINT), info=INTERNAL, deferred=True)
    row_digests: Mapped[bytes | None] = mapped_column(LargeBinary, info=INTERNAL, deferred=True)
    archived_at: Mapped[datetime | None] = mapped_column(info=INTERNAL)
    purged_at: Mapped[datetime | None] = mapped_column(info=INTERNAL)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary, info=INTERNAL)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        name: str = cls.__tablename__
        return (
            CheckConstraint("number > 0 and row_count > 0 and first_id <= last_id", name="range"),
            Index(f"ix_{name}_last_id", "last_id"),
        )
