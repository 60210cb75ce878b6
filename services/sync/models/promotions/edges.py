"""What stores have been sent: states by content, who stands where, and the servers in the stores themselves."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Identity, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, JSONB, TEXT, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.promotions.kept import Kept, flag, unique_living, whole
from services.sync.models.rows import Base
from shared.db import Name
from shared.rows import at_most, belongs_to, one_of
from shared.tenancy import TenantOwned

ALGORITHMS = ("ed25519", "hmac-sha256")


class EdgeVersion(TenantOwned, Base):
    """Counts the changes that an edge could see; written by triggers, whatever made the change.

    The row is locked until the change commits, so that no number overtakes one that commits later. `dates` is the
    last date noticed in each time zone in use.
    """

    __tablename__ = "edge_versions"
    __personal__: ClassVar = ""

    version: Mapped[int] = whole(0)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_in: Mapped[int] = whole(0)
    dates: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))


class EdgeManifest(TenantOwned, Base):
    """What somebody must hold, in order; equal ones are one row. `checksum` is the proof that edges recompute."""

    __tablename__ = "edge_manifests"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        CheckConstraint("cardinality(ids) = cardinality(checksums)", name="pairs"),
        Index("ix_edge_manifests_used", "tenant_id", "used_at"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    checksum: Mapped[str]
    ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID))
    checksums: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    errors: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EdgeObject(TenantOwned, Base):
    """One thing as it is sent, by the checksum of its content; written once."""

    __tablename__ = "edge_objects"
    __personal__: ClassVar = ""

    checksum: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PromotionCompilation(TenantOwned, Base):
    """Which object a promotion is at the moment; stale once the promotion has moved on. `error` is the answer's;
    `failures` counts how often there was one."""

    __tablename__ = "promotion_compilations"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("promotions", "promotion_id", ondelete="CASCADE"),
        Index("ix_promotion_compilations_failed", "failures", postgresql_where=text("failures > 0")),
    )

    promotion_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    is_exhausted: Mapped[bool]
    compiler_version: Mapped[str]
    checksum: Mapped[str | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    failures: Mapped[int] = whole(0)


class EdgeState(TenantOwned, Base):
    """The last manifest of one list for one store and brand, and what it holds for: version, date, settings."""

    __tablename__ = "edge_states"
    __personal__: ClassVar = ""
    __table_args__: Any = (belongs_to("stores", "store_id"), belongs_to("brands", "brand_id"))

    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    list: Mapped[str] = mapped_column(primary_key=True)
    manifest: Mapped[str]
    version: Mapped[int]
    today: Mapped[date]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    built_at: Mapped[datetime]


class CompiledStore(TenantOwned, Base):
    """Which state a store was in when its company was compiled by a job; forgotten with the job."""

    __tablename__ = "compiled_stores"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("sync_jobs", "job_id", ondelete="CASCADE"),
        Index("ix_compiled_stores_order", "tenant_id", "job_id", "store_code", "store_id"),
    )

    job_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    store_code: Mapped[str] = mapped_column(Name)
    store_name: Mapped[str]
    brand_id: Mapped[uuid.UUID]
    brand_name: Mapped[str]
    manifest: Mapped[str]


class EdgeContact(TenantOwned, Base):
    """When a store called last, and what it held after that: the promotions' version, manifest and forced syncs."""

    __tablename__ = "edge_contacts"
    __personal__: ClassVar = ""
    __table_args__: Any = (belongs_to("stores", "store_id"),)

    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int | None]
    manifest: Mapped[str | None]
    forced: Mapped[int | None]


class EdgeServer(Kept, Base):
    """The server in a store. Its secret is sealed (see shared.vault); it logs in with it and may sign with it.

    `told_manifest` is what it was last told of, so that it is told once of each change; `gone_at` is when its address
    answered that nobody wants to be told there any more.
    """

    __tablename__ = "edge_servers"
    __personal__: ClassVar = "url secret"
    __table_args__: Any = (
        belongs_to("stores", "store_id"),
        unique_living("uq_edge_servers_store", "store_id"),
        one_of("signature", *ALGORITHMS),
        at_most("url", 2000),
    )

    store_id: Mapped[uuid.UUID]
    url: Mapped[str | None]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[str] = mapped_column(server_default=text("'ed25519'"))
    active: Mapped[bool] = flag(True)
    told_manifest: Mapped[str | None]
    gone_at: Mapped[datetime | None]

    told_secret = ""  # a new one in clear, for the one answer that tells it; no column

    @property
    def wants_messages(self) -> bool:
        return self.active and self.deleted_at is None and self.gone_at is None

    @property
    def embedded(self) -> list[object]:
        """What is shown beside the row's own version."""
        return [self.gone_at]


class EdgeSigningKey(TenantOwned, Base):
    """A key pair that answers are signed with; the newest signs, older ones are published until they expire."""

    __tablename__ = "edge_signing_keys"
    __personal__: ClassVar = "private_key"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]


class SyncLogEntry(TenantOwned, Base):
    """One call of an edge; kept a month."""

    __tablename__ = "sync_log"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        Index("ix_sync_log_store", "tenant_id", "store_id", "id"),
        Index("ix_sync_log_age", "tenant_id", "called_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-9)
    called_at: Mapped[datetime] = mapped_column(server_default=func.now())
    store_id: Mapped[uuid.UUID | None]
    endpoint: Mapped[str]
    mode: Mapped[str | None]
    status: Mapped[int]
    version: Mapped[int | None]
    sent: Mapped[int] = whole(0)
    deleted: Mapped[int] = whole(0)
    bytes: Mapped[int] = whole(0)
    seconds: Mapped[float] = mapped_column(DOUBLE_PRECISION, server_default=text("0"))
