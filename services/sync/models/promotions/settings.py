"""How a company's stores are kept up to date: its settings, what brands and stores override, and what they were."""

import uuid
from datetime import datetime, time
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIME
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.domain.promotions.settings import LIMITS, MAX_SYNC_TIMES
from services.sync.domain.promotions.windows import STRATEGIES
from services.sync.models.promotions.kept import between, flag, whole
from services.sync.models.rows import Base
from shared.rows import belongs_to, one_of, unique
from shared.tenancy import TenantOwned
from shared.versioning import Versioned


def _limits(*names: str) -> list[CheckConstraint]:
    return [between(name, *LIMITS[name]) for name in names]


class PromotionSettings(TenantOwned, Versioned, Base):
    """One row for each company. `forced` counts the full syncs that were ordered; older cursors are void."""

    __tablename__ = "promotion_sync_settings"
    __personal__: ClassVar = "updated_by"
    __table_args__: Any = (
        one_of("sync_strategy", *STRATEGIES),
        *_limits(*LIMITS),
        CheckConstraint(f"cardinality(sync_times) <= {MAX_SYNC_TIMES}", name="sync_times"),
    )

    sync_strategy: Mapped[str] = mapped_column(server_default=text("'include_future'"))
    future_days: Mapped[int] = whole(7)
    past_days: Mapped[int] = whole(1)
    include_inactive: Mapped[bool] = flag(False)
    auto_sync_enabled: Mapped[bool] = flag(True)
    enable_compression: Mapped[bool] = flag(True)
    sync_interval_hours: Mapped[int] = whole(6)
    max_promotions_per_sync: Mapped[int] = whole(100)
    sync_times: Mapped[list[time]] = mapped_column(ARRAY(TIME), server_default=text("'{}'::time[]"))
    forced: Mapped[int] = whole(0)
    forced_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    updated_by: Mapped[str | None]


class PromotionOverride(TenantOwned, Versioned, Base):
    """What one brand or one store has otherwise; null leaves it as it is above."""

    __tablename__ = "promotion_sync_overrides"
    __personal__: ClassVar = "updated_by"
    __table_args__: Any = (
        belongs_to("brands", "brand_id"),
        belongs_to("stores", "store_id"),
        unique("brand_id"),
        unique("store_id"),
        CheckConstraint("num_nonnulls(brand_id, store_id) = 1", name="target"),
        one_of("sync_strategy", *STRATEGIES),
        *_limits("future_days", "past_days", "max_promotions_per_sync"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-9)
    brand_id: Mapped[uuid.UUID | None]
    store_id: Mapped[uuid.UUID | None]
    sync_strategy: Mapped[str | None]
    future_days: Mapped[int | None]
    past_days: Mapped[int | None]
    include_inactive: Mapped[bool | None]
    enable_compression: Mapped[bool | None]
    max_promotions_per_sync: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    updated_by: Mapped[str | None]


class PromotionSettingsSave(TenantOwned, Base):
    """One save: who, when, which layer, old to new, and the values that were in the layer after it."""

    __tablename__ = "promotion_sync_saves"
    __personal__: ClassVar = "saved_by saved_by_name"
    __table_args__: Any = (
        one_of("layer", "company", "brand", "store"),
        CheckConstraint("(layer = 'company') = (target_id is null)", name="target"),
        Index("ix_promotion_sync_saves_time", "tenant_id", "saved_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-9)
    layer: Mapped[str]
    target_id: Mapped[uuid.UUID | None]
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())
    saved_by: Mapped[str | None]
    saved_by_name: Mapped[str | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    comment: Mapped[str | None]
