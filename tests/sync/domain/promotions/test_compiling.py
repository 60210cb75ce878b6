"""The compiled form: what each type says, and that equal promotions are equal to the byte."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.promotions.compiling import Compiled, compile_promotion, content_checksum
from services.sync.domain.promotions.promotion import Package, PackageItem, Promotion, Tier
from services.sync.domain.promotions.rules import rules_of
from tests.sync.domain.promotions.making import PROMOTIONS, promotion

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
PRODUCT, OTHER, CATEGORY, BRAND = (UUID(int=number) for number in (11, 12, 13, 14))
TEN = Decimal("10.00")


def compiled(found: Promotion) -> Compiled:
    return compile_promotion(found, compiled_at=NOW)


@pytest.mark.parametrize(
    ("kind", "values", "rules"),
    [
        (
            "percent_discount",
            {"discount_percent": Decimal("0.10")},
            {"type": "percent", "discount_percent": "0.10", "max_discount_amount": None, "min_purchase": "0.00"},
        ),
        ("amount_discount", {"discount_amount": TEN}, {"type": "amount", "discount_amount": "10.00"}),
        (
            "buy_x_get_y",
            {"buy_quantity": 2, "get_quantity": 1},
            {"type": "bogo", "buy_quantity": 2, "get_discount_percent": "100.00", "same_product_only": True},
        ),
        (
            "buy_x_get_y",
            {"discount_percent": Decimal(0), "get_product": PRODUCT},
            {"get_discount_percent": "0.00", "same_product_only": False, "get_product_id": str(PRODUCT)},
        ),
        (
            "combo",
            {"combo_price": TEN, "combo_products": (OTHER, PRODUCT)},
            {
                "combo_price": "10.00",
                "products": [{"product_id": str(each), "quantity": 1} for each in (PRODUCT, OTHER)],
                "all_required": True,
            },
        ),
        (
            "free_item",
            {"get_quantity": 0, "required_product": PRODUCT},
            {"trigger_min_qty": 1, "free_quantity": 0, "trigger_product_id": str(PRODUCT)},
        ),
        (
            "happy_hour",
            {"happy_hour_price": TEN, "valid_time_start": time(17), "valid_days": (0, 4)},
            {"discount_percent": None, "special_price": "10.00", "time_start": "17:00:00", "days_of_week": [0, 4]},
        ),
        (
            "cashback",
            {"discount_percent": Decimal(5), "max_discount_amount": TEN, "payment_methods": ("qris", "card")},
            {
                "cashback_type": "percent",
                "cashback_value": "5.00",
                "cashback_max": "10.00",
                "payment_methods": ["qris", "card"],
                "cashback_method": "points",
            },
        ),
        (
            "payment_discount",
            {"discount_amount": TEN, "payment_min_amount": Decimal(50)},
            {"discount_type": "amount", "discount_value": "10.00", "max_discount": None, "min_purchase": "50.00"},
        ),
        ("package", {}, {"type": "package", "error": "Package details not configured"}),
        (
            "mix_match",
            {"mix_match_rules": {"special_price": "9.5", "allow_same_product": False}},
            {"category_id": None, "required_quantity": 3, "special_price": "9.50", "allow_same_product": False},
        ),
        (
            "upsell",
            {"upsell_product": PRODUCT, "upsell_message": "<b>More?</b>", "buy_quantity": 2},
            {"upsell_message": "<b>More?</b>", "required_min_qty": 2, "upsell_product_id": str(PRODUCT)},
        ),
        ("one_of_tomorrow", {}, {"error": "Unsupported promo_type: one_of_tomorrow"}),
    ],
)
def test_rules_of_each_type(kind: str, values: dict[str, Any], rules: dict[str, Any]) -> None:
    found = rules_of(promotion(promo_type=kind, **values))
    assert {name: found[name] for name in rules} == rules
    assert ("error" in found) == ("error" in rules)
    assert not {name for name in found if name.endswith("_id") and found[name] is None} - {"category_id"}


def test_tiers_and_packages() -> None:
    tiers = tuple(
        Tier(f"T{order}", order, TEN, None, kind, TEN, points_multiplier=Decimal(2), is_active=order != 2)
        for order, kind in ((3, "points_multiplier"), (2, "amount"), (1, "percent"))
    )
    written = rules_of(promotion(promo_type="threshold_tier", tiers=tiers))["tiers"]
    assert [(tier["tier_name"], tier.get("points_multiplier")) for tier in written] == [("T1", None), ("T3", "2.00")]
    choice = PackageItem("choice", None, CATEGORY, 2, True, 1, 2, Decimal("1.50"), 1)
    fixed = PackageItem("fixed", PRODUCT, None, 1, False, 0, 1, Decimal(0), 2)
    package = Package("Box", "BOX-1", TEN, True, None, 4, "fixed_only", (fixed, choice))
    first, second = rules_of(promotion(promo_type="package", package=package))["items"]
    common = {"quantity": 2, "is_required": True, "upsell_price": "1.50", "min_selection": 1, "max_selection": 2}
    assert first == common | {"item_type": "choice", "category_id": str(CATEGORY)}
    assert "min_selection" not in second
    assert second["product_id"] == str(PRODUCT)


def test_scope_and_targeting() -> None:
    found = promotion(
        apply_to="category", categories=(OTHER, PRODUCT), scope="single", brand_id=BRAND, all_stores=False
    )
    content = compiled(found).content
    assert content["scope"] == {
        "apply_to": "category",
        "categories": [str(PRODUCT), str(OTHER)],
        "exclude_categories": [],
    }
    assert content["targeting"] == {"stores": [], "brands": [str(BRAND)], "member_only": False, "customer_type": "all"}
    assert compiled(replace(found, apply_to="bill")).content["scope"] == {"apply_to": "bill"}
    assert compiled(replace(found, scope="company")).content["targeting"]["brands"] == "all"
    assert "cross_brand" not in content
    assert compiled(replace(found, is_cross_brand=True)).content["cross_brand"]["enabled"] is True


@given(PROMOTIONS)
def test_what_is_compiled_proves_itself(found: Promotion) -> None:
    result = compiled(found)
    received = json.loads(result.body)
    assert content_checksum(received) == received["checksum"] == result.checksum
    later = compile_promotion(found, compiled_at=NOW + timedelta(days=1))
    assert later.checksum == result.checksum
    # No number with a fraction is ever a JSON number.
    assert not re.search(rb"[:\[,]-?\d+[.eE]", re.sub(rb'"(?:[^"\\]|\\.)*"', b'""', result.body))


@given(PROMOTIONS, st.data())
def test_only_what_matters_moves_the_checksum(found: Promotion, data: st.DataObject) -> None:
    lists = ("stores", "brands", "categories", "combo_products", "cannot_combine_with")
    shuffled: dict[str, Any] = {name: tuple(data.draw(st.permutations(getattr(found, name)))) for name in lists}
    assert compiled(replace(found, **shuffled)).checksum == compiled(found).checksum
    used = replace(found, current_uses=found.current_uses + 1)
    assert (compiled(used).checksum == compiled(found).checksum) == (used.is_exhausted == found.is_exhausted)
    assert compiled(replace(found, name=found.name + "!")).checksum != compiled(found).checksum
