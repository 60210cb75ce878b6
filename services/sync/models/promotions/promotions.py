"""Promotions, what they refer to, and the two kinds of detail that some of them have."""

import uuid
from datetime import date, datetime, time
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Computed, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.domain.promotions import promotion as known
from services.sync.models.promotions.kept import (
    PERCENT,
    Amount,
    Kept,
    MaybeAmount,
    between,
    flag,
    money,
    not_negative,
    unique_living,
    whole,
    wording,
    words,
)
from services.sync.models.rows import Base
from shared.db import Name
from shared.rows import at_most, belongs_to, one_of, unique
from shared.tenancy import TenantOwned

AMOUNTS = (
    "discount_amount",
    "max_discount_amount",
    "combo_price",
    "happy_hour_price",
    "payment_min_amount",
    "upsell_special_price",
    "trigger_min_amount",
    "min_purchase",
)
COUNTS = (
    "buy_quantity",
    "get_quantity",
    "max_uses",
    "max_uses_per_customer",
    "max_uses_per_day",
    "current_uses",
    "min_quantity",
    "min_items",
)
# What the sets of a promotion hold: the role of a link to the table of what it points at.
LINKS: dict[str, str] = {
    "brands": "brands",
    "exclude_brands": "brands",
    "trigger_brands": "brands",
    "benefit_brands": "brands",
    "stores": "stores",
    "categories": "menu_categories",
    "exclude_categories": "menu_categories",
    "products": "menu_products",
    "exclude_products": "menu_products",
    "combo_products": "menu_products",
    "cannot_combine_with": "promotions",
}


class Promotion(Kept, Base):
    """Its sets stand in promotion_links; `current_uses` counts uploaded uses and is no change of the promotion."""

    __tablename__ = "promotions"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("brands", "brand_id"),
        belongs_to("menu_products", "get_product"),
        belongs_to("menu_products", "required_product"),
        belongs_to("menu_products", "upsell_product"),
        unique_living("uq_promotions_code", "code"),
        Index("ix_promotions_changed", "tenant_id", "updated_at"),
        at_most("code", 50),
        at_most("name", 200),
        one_of("apply_to", *known.APPLY_TO),
        one_of("scope", *known.SCOPES),
        one_of("cross_brand_type", *known.CROSS_BRAND_TYPES),
        one_of("customer_type", *known.CUSTOMER_TYPES),
        one_of("execution_stage", *known.STAGES),
        between("discount_percent", 0, 100),
        between("execution_priority", 1, 999),
        CheckConstraint("end_date >= start_date", name="period"),
        *(not_negative(column) for column in (*AMOUNTS, *COUNTS)),
    )

    code: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    description: Mapped[str] = wording()
    terms_conditions: Mapped[str] = wording()
    # Any word: an older process may meet a row of a newer one.
    promo_type: Mapped[str]
    apply_to: Mapped[str] = mapped_column(server_default=text("'all'"))
    scope: Mapped[str] = mapped_column(server_default=text("'company'"))
    brand_id: Mapped[uuid.UUID | None]
    all_stores: Mapped[bool] = flag(True)

    discount_percent: MaybeAmount = mapped_column(PERCENT)
    discount_amount: MaybeAmount = money()
    max_discount_amount: MaybeAmount = money()
    buy_quantity: Mapped[int | None]
    get_quantity: Mapped[int | None]
    get_product: Mapped[uuid.UUID | None]
    combo_price: MaybeAmount = money()
    happy_hour_price: MaybeAmount = money()
    payment_methods: Mapped[list[str]] = words()
    payment_min_amount: MaybeAmount = money()
    required_product: Mapped[uuid.UUID | None]
    upsell_product: Mapped[uuid.UUID | None]
    upsell_special_price: MaybeAmount = money()
    upsell_message: Mapped[str] = wording()
    mix_match_rules: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))

    is_cross_brand: Mapped[bool] = flag(False)
    cross_brand_type: Mapped[str | None]
    trigger_min_amount: MaybeAmount = money()
    cross_brand_rules: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))

    member_only: Mapped[bool] = flag(False)
    member_tiers: Mapped[list[str]] = words()
    customer_type: Mapped[str] = mapped_column(server_default=text("'all'"))

    start_date: Mapped[date]
    end_date: Mapped[date]
    valid_days: Mapped[list[int]] = mapped_column(ARRAY(BIGINT), server_default=text("'{}'::bigint[]"))
    valid_time_start: Mapped[time | None]
    valid_time_end: Mapped[time | None]
    exclude_holidays: Mapped[bool] = flag(False)

    max_uses: Mapped[int | None]
    max_uses_per_customer: Mapped[int | None]
    max_uses_per_day: Mapped[int | None]
    current_uses: Mapped[int] = whole(0)
    is_exhausted: Mapped[bool] = mapped_column(
        Computed("coalesce(current_uses >= max_uses, false)", persisted=True), nullable=False
    )
    exhausted_changed_at: Mapped[datetime | None]
    min_purchase: Amount = money("0.00")
    min_quantity: Mapped[int | None]
    min_items: Mapped[int | None]

    is_stackable: Mapped[bool] = flag(False)
    priority: Mapped[int] = whole(0)
    execution_stage: Mapped[str] = mapped_column(server_default=text("'item_level'"))
    execution_priority: Mapped[int] = whole(500)

    sales_channels: Mapped[list[str]] = words()
    exclude_channels: Mapped[list[str]] = words()
    is_active: Mapped[bool] = flag(True)
    is_auto_apply: Mapped[bool] = flag(False)
    require_voucher: Mapped[bool] = flag(False)
    show_in_menu: Mapped[bool] = flag(False)

    @property
    def embedded(self) -> list[object]:
        """What is shown beside the row's own version."""
        return [self.current_uses]


def _target(table: str) -> Any:
    """The target again under the name of its table, so that a foreign key can hold it."""
    roles = ", ".join(f"'{role}'" for role, of in LINKS.items() if of == table)
    return mapped_column(UUID, Computed(f"case when role in ({roles}) then target_id end", persisted=True))


class PromotionLink(TenantOwned, Base):
    """One member of one set of a promotion."""

    __tablename__ = "promotion_links"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("promotions", "promotion_id", ondelete="CASCADE"),
        belongs_to("brands", "brand_id"),
        belongs_to("stores", "store_id"),
        belongs_to("menu_categories", "category_id"),
        belongs_to("menu_products", "product_id"),
        belongs_to("promotions", "other_promotion_id"),
        one_of("role", *LINKS),
        Index("ix_promotion_links_target", "tenant_id", "target_id", "role"),
    )

    promotion_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    brand_id: Mapped[uuid.UUID | None] = _target("brands")
    store_id: Mapped[uuid.UUID | None] = _target("stores")
    category_id: Mapped[uuid.UUID | None] = _target("menu_categories")
    product_id: Mapped[uuid.UUID | None] = _target("menu_products")
    other_promotion_id: Mapped[uuid.UUID | None] = _target("promotions")


class PromotionTier(TenantOwned, Base):
    __tablename__ = "promotion_tiers"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("promotions", "promotion_id", ondelete="CASCADE"),
        belongs_to("menu_products", "free_product"),
        one_of("discount_type", *known.TIER_DISCOUNTS),
        at_most("tier_name", 200),
        *(not_negative(column) for column in ("min_amount", "max_amount", "discount_value", "points_multiplier")),
    )

    promotion_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tier_order: Mapped[int] = mapped_column(primary_key=True)
    tier_name: Mapped[str]
    min_amount: Amount = money()
    max_amount: MaybeAmount = money()
    discount_type: Mapped[str]
    discount_value: Amount = money("0.00")
    free_product: Mapped[uuid.UUID | None]
    points_multiplier: Amount = money("1.00")
    is_active: Mapped[bool] = flag(True)


class PromotionPackage(TenantOwned, Base):
    """At most one for each promotion. Its name in the shop is free again once the promotion is deleted."""

    __tablename__ = "promotion_packages"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("promotions", "promotion_id", ondelete="CASCADE"),
        unique("package_sku"),
        at_most("package_name", 200),
        at_most("package_sku", 50),
        one_of("deduction_strategy", *known.DEDUCTION_STRATEGIES),
        *(not_negative(column) for column in ("package_price", "min_items", "max_items")),
    )

    promotion_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    package_name: Mapped[str]
    package_sku: Mapped[str] = mapped_column(Name)
    package_price: Amount = money()
    allow_modification: Mapped[bool] = flag(False)
    min_items: Mapped[int | None]
    max_items: Mapped[int | None]
    deduction_strategy: Mapped[str] = mapped_column(server_default=text("'fixed_only'"))


class PromotionPackageItem(TenantOwned, Base):
    __tablename__ = "promotion_package_items"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        belongs_to("promotion_packages", "promotion_id", remote=["promotion_id"], ondelete="CASCADE"),
        belongs_to("menu_products", "product"),
        belongs_to("menu_categories", "category"),
        one_of("item_type", *known.ITEM_TYPES),
        CheckConstraint(
            "case item_type when 'fixed' then product is not null and category is null"
            " else category is not null and product is null end",
            name="target",
        ),
        *(not_negative(column) for column in ("min_selection", "max_selection", "upsell_price")),
        CheckConstraint("quantity >= 1", name="quantity"),
    )

    promotion_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sort_order: Mapped[int] = mapped_column(primary_key=True)
    item_type: Mapped[str]
    product: Mapped[uuid.UUID | None]
    category: Mapped[uuid.UUID | None]
    quantity: Mapped[int] = whole(1)
    is_required: Mapped[bool] = flag(True)
    min_selection: Mapped[int] = whole(0)
    max_selection: Mapped[int] = whole(1)
    upsell_price: Amount = money("0.00")


class PromotionUsage(TenantOwned, Base):
    """One use at a till, uploaded by an edge; the same bill may use a promotion once."""

    __tablename__ = "promotion_usages"
    __personal__: ClassVar = "customer_id"
    __table_args__: Any = (
        belongs_to("promotions", "promotion_id"),
        belongs_to("stores", "store_id"),
        unique("store_id", "bill_id", "promotion_id"),
        Index("ix_promotion_usages_promotion", "tenant_id", "promotion_id", "id"),
        not_negative("discount_amount"),
        at_most("bill_id", 100),
        at_most("customer_id", 100),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-9)
    promotion_id: Mapped[uuid.UUID]
    store_id: Mapped[uuid.UUID]
    bill_id: Mapped[str] = mapped_column(Name)
    discount_amount: Amount = money()
    used_at: Mapped[datetime]
    customer_id: Mapped[str | None]
    clock_suspect: Mapped[bool] = flag(False)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
