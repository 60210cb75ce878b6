"""A promotion with all that belongs to it, as the compiler reads it."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

PROMO_TYPES: Final = (
    "percent_discount",
    "amount_discount",
    "buy_x_get_y",
    "combo",
    "free_item",
    "happy_hour",
    "cashback",
    "payment_discount",
    "package",
    "mix_match",
    "upsell",
    "threshold_tier",
)
APPLY_TO: Final = ("all", "category", "product", "bill", "payment")
SCOPES: Final = ("company", "brands", "single")
CROSS_BRAND_TYPES: Final = (
    "trigger_benefit",
    "multi_brand_spend",
    "cross_brand_bundle",
    "loyalty_accumulate",
    "same_receipt",
)
CUSTOMER_TYPES: Final = ("all", "first_order", "first_per_brand", "comeback", "inactive")
STAGES: Final = ("item_level", "cart_level", "payment_level")
TIER_DISCOUNTS: Final = ("percent", "amount", "free_product", "points_multiplier")
DEDUCTION_STRATEGIES: Final = ("fixed_only", "selected_only", "all_components")
ITEM_TYPES: Final = ("fixed", "choice")

Ids = tuple[UUID, ...]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    tier_name: str
    tier_order: int
    min_amount: Decimal
    max_amount: Decimal | None
    discount_type: str
    discount_value: Decimal
    free_product: UUID | None = None
    points_multiplier: Decimal = Decimal("1.00")
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class PackageItem:
    """`product` where it is fixed, `category` where the customer chooses."""

    item_type: str
    product: UUID | None
    category: UUID | None
    quantity: int
    is_required: bool
    min_selection: int
    max_selection: int
    upsell_price: Decimal
    sort_order: int


@dataclass(frozen=True, slots=True)
class Package:
    package_name: str
    package_sku: str
    package_price: Decimal
    allow_modification: bool
    min_items: int | None
    max_items: int | None
    deduction_strategy: str
    items: tuple[PackageItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """Everything that a compiled promotion is made of. Amounts have two decimals, lists no order unless said so."""

    id: UUID
    company_id: UUID
    code: str
    name: str
    description: str = ""
    terms_conditions: str = ""
    promo_type: str
    apply_to: str = "all"
    scope: str = "company"
    brand_id: UUID | None = None
    brands: Ids = ()
    exclude_brands: Ids = ()
    all_stores: bool = True
    stores: Ids = ()
    categories: Ids = ()
    products: Ids = ()
    exclude_categories: Ids = ()
    exclude_products: Ids = ()
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None
    max_discount_amount: Decimal | None = None
    buy_quantity: int | None = None
    get_quantity: int | None = None
    get_product: UUID | None = None
    combo_price: Decimal | None = None
    combo_products: Ids = ()
    happy_hour_price: Decimal | None = None
    payment_methods: Words = ()
    payment_min_amount: Decimal | None = None
    required_product: UUID | None = None
    upsell_product: UUID | None = None
    upsell_special_price: Decimal | None = None
    upsell_message: str = ""
    mix_match_rules: dict[str, Any] | None = None
    is_cross_brand: bool = False
    cross_brand_type: str | None = None
    trigger_brands: Ids = ()
    trigger_min_amount: Decimal | None = None
    benefit_brands: Ids = ()
    cross_brand_rules: dict[str, Any] | None = None
    member_only: bool = False
    member_tiers: Words = ()
    customer_type: str = "all"
    start_date: date
    end_date: date
    valid_days: tuple[int, ...] = ()
    valid_time_start: time | None = None
    valid_time_end: time | None = None
    exclude_holidays: bool = False
    max_uses: int | None = None
    max_uses_per_customer: int | None = None
    max_uses_per_day: int | None = None
    current_uses: int = 0
    min_purchase: Decimal = Decimal("0.00")
    min_quantity: int | None = None
    min_items: int | None = None
    is_stackable: bool = False
    priority: int = 0
    cannot_combine_with: Ids = ()
    execution_stage: str = "item_level"
    execution_priority: int = 500
    sales_channels: Words = ()
    exclude_channels: Words = ()
    is_active: bool = True
    is_auto_apply: bool = False
    require_voucher: bool = False
    show_in_menu: bool = False
    tiers: tuple[Tier, ...] = ()
    package: Package | None = None

    @property
    def is_exhausted(self) -> bool:
        return self.max_uses is not None and self.current_uses >= self.max_uses
