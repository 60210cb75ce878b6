"""What a promotion lacks is told by its type; of several names that would do, one is enough."""

import pytest

from services.sync.domain.promotions.drafts import warnings


@pytest.mark.parametrize(
    ("promo_type", "given", "missing"),
    [
        ("percent_discount", {}, ["discount_percent"]),
        ("percent_discount", {"discount_percent": 0}, []),
        ("cashback", {}, ["discount_percent"]),
        ("cashback", {"discount_amount": 5}, []),
        ("payment_discount", {"discount_percent": 5, "payment_methods": []}, ["payment_methods"]),
        ("happy_hour", {"happy_hour_price": 5}, []),
        ("combo", {"combo_price": 5, "combo_products": []}, ["combo_products"]),
        ("buy_x_get_y", {}, []),
    ],
)
def test_what_is_missing(promo_type: str, given: dict[str, object], missing: list[str]) -> None:
    assert [fault.field for fault in warnings({"promo_type": promo_type} | given)] == missing
