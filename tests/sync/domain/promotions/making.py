"""Promotions as tests of the domain write them: an ordinary one, and any at all."""

from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.sync.domain.promotions.promotion import (
    APPLY_TO,
    PROMO_TYPES,
    SCOPES,
    Package,
    PackageItem,
    Promotion,
    Tier,
)

ID = UUID(int=1)
COMPANY = UUID(int=2)


def promotion(**values: Any) -> Promotion:
    ordinary: dict[str, Any] = {
        "id": ID,
        "company_id": COMPANY,
        "code": "SUMMER",
        "name": "Summer",
        "promo_type": "percent_discount",
        "start_date": date(2026, 6, 1),
        "end_date": date(2026, 6, 30),
    }
    return Promotion(**ordinary | values)


IDS = st.lists(st.uuids(), max_size=4, unique=True).map(tuple)
MONEY = st.decimals(min_value=0, max_value=99_999_999, places=2)
MAYBE_MONEY = st.none() | MONEY
PERCENT = st.none() | st.decimals(min_value=0, max_value=100, places=2)
COUNT = st.none() | st.integers(min_value=0, max_value=1000)
WORDS = st.lists(st.text(max_size=8), max_size=3).map(tuple)
TIERS = st.lists(
    st.builds(
        Tier,
        tier_name=st.text(max_size=10),
        tier_order=st.integers(0, 50),
        min_amount=MONEY,
        max_amount=MAYBE_MONEY,
        discount_type=st.sampled_from(["percent", "amount", "free_product", "points_multiplier"]),
        discount_value=MONEY,
        free_product=st.none() | st.uuids(),
        is_active=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda tier: tier.tier_order,
).map(tuple)
ITEM = st.builds(
    PackageItem,
    item_type=st.just("fixed"),
    product=st.uuids(),
    category=st.none(),
    quantity=st.integers(1, 9),
    is_required=st.booleans(),
    min_selection=st.just(0),
    max_selection=st.just(1),
    upsell_price=MONEY,
    sort_order=st.integers(0, 50),
)
PACKAGES = st.none() | st.builds(
    Package,
    package_name=st.text(max_size=10),
    package_sku=st.text(max_size=10),
    package_price=MONEY,
    allow_modification=st.booleans(),
    min_items=COUNT,
    max_items=COUNT,
    deduction_strategy=st.just("fixed_only"),
    items=st.lists(ITEM, max_size=3, unique_by=lambda item: item.sort_order).map(tuple),
)
PROMOTIONS = st.builds(
    promotion,
    id=st.uuids(),
    name=st.text(max_size=20),
    promo_type=st.sampled_from([*PROMO_TYPES, "one_of_tomorrow"]),
    apply_to=st.sampled_from(APPLY_TO),
    scope=st.sampled_from(SCOPES),
    brands=IDS,
    exclude_brands=IDS,
    all_stores=st.booleans(),
    stores=IDS,
    categories=IDS,
    exclude_products=IDS,
    discount_percent=PERCENT,
    discount_amount=MAYBE_MONEY,
    buy_quantity=COUNT,
    get_quantity=COUNT,
    get_product=st.none() | st.uuids(),
    combo_products=IDS,
    payment_methods=WORDS,
    valid_time_start=st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    max_uses=COUNT,
    current_uses=st.integers(0, 1000),
    min_purchase=MONEY,
    cannot_combine_with=IDS,
    is_cross_brand=st.booleans(),
    is_active=st.booleans(),
    tiers=TIERS,
    package=PACKAGES,
    mix_match_rules=st.none() | st.just({"special_price": 5, "allow_same_product": False}),
)
ONE_CENT = Decimal("0.01")
