"""The member `rules` of a compiled promotion, one function for each type of promotion."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from services.sync.domain.promotions.canonical import amount, amount_or_none, clock, ids
from services.sync.domain.promotions.promotion import PackageItem, Promotion, Tier

Rules = dict[str, Any]

NO_PACKAGE: Final = "Package details not configured"
_ALL: Final = Decimal(100)


def rules_of(promotion: Promotion) -> Rules:
    """The rules, or a member `error` that says why there are none; then an edge cannot apply the promotion."""
    write = _WRITERS.get(promotion.promo_type)
    if write is None:
        return {"error": f"Unsupported promo_type: {promotion.promo_type}"}
    return write(promotion)


def _when_set(**values: Any) -> Rules:
    """Members that stand only where they have a value."""
    return {name: str(value) for name, value in values.items() if value is not None}


def _percent(promotion: Promotion) -> Rules:
    return {
        "type": "percent",
        "discount_percent": amount_or_none(promotion.discount_percent),
        "max_discount_amount": amount_or_none(promotion.max_discount_amount),
        "min_purchase": amount(promotion.min_purchase),
    }


def _amount(promotion: Promotion) -> Rules:
    return {
        "type": "amount",
        "discount_amount": amount_or_none(promotion.discount_amount),
        "min_purchase": amount(promotion.min_purchase),
    }


def _bogo(promotion: Promotion) -> Rules:
    percent = promotion.discount_percent
    return {
        "type": "bogo",
        "buy_quantity": promotion.buy_quantity,
        "get_quantity": promotion.get_quantity,
        "get_discount_percent": amount(_ALL if percent is None else percent),
        "same_product_only": promotion.get_product is None,
    } | _when_set(get_product_id=promotion.get_product)


def _combo(promotion: Promotion) -> Rules:
    return {
        "type": "combo",
        "combo_price": amount_or_none(promotion.combo_price),
        "products": [{"product_id": each, "quantity": 1} for each in ids(promotion.combo_products)],
        "all_required": True,
    }


def _free_item(promotion: Promotion) -> Rules:
    return {
        "type": "free_item",
        "min_purchase": amount(promotion.min_purchase),
        "trigger_min_qty": _or(promotion.buy_quantity, 1),
        "free_quantity": _or(promotion.get_quantity, 1),
    } | _when_set(trigger_product_id=promotion.required_product, free_product_id=promotion.get_product)


def _happy_hour(promotion: Promotion) -> Rules:
    return {
        "type": "happy_hour",
        "discount_percent": amount_or_none(promotion.discount_percent),
        "discount_amount": amount_or_none(promotion.discount_amount),
        "special_price": amount_or_none(promotion.happy_hour_price),
        "time_start": clock(promotion.valid_time_start),
        "time_end": clock(promotion.valid_time_end),
        "days_of_week": list(promotion.valid_days),
    }


def _percent_or_amount(promotion: Promotion) -> tuple[str, str | None]:
    if promotion.discount_percent is not None:
        return "percent", amount(promotion.discount_percent)
    return "amount", amount_or_none(promotion.discount_amount)


def _cashback(promotion: Promotion) -> Rules:
    kind, value = _percent_or_amount(promotion)
    return {
        "type": "cashback",
        "cashback_type": kind,
        "cashback_value": value,
        "cashback_max": amount_or_none(promotion.max_discount_amount),
        "min_purchase": amount(promotion.min_purchase),
        "payment_methods": list(promotion.payment_methods),
        "cashback_method": "points",
    }


def _payment_discount(promotion: Promotion) -> Rules:
    kind, value = _percent_or_amount(promotion)
    return {
        "type": "payment_discount",
        "payment_methods": list(promotion.payment_methods),
        "discount_type": kind,
        "discount_value": value,
        "max_discount": amount_or_none(promotion.max_discount_amount),
        "min_purchase": amount_or_none(promotion.payment_min_amount),
    }


def _package(promotion: Promotion) -> Rules:
    package = promotion.package
    if package is None:
        return {"type": "package", "error": NO_PACKAGE}
    return {
        "type": "package",
        "package_name": package.package_name,
        "package_sku": package.package_sku,
        "package_price": amount(package.package_price),
        "allow_modification": package.allow_modification,
        "min_items": package.min_items,
        "max_items": package.max_items,
        "deduction_strategy": package.deduction_strategy,
        "items": [_item(item) for item in sorted(package.items, key=lambda item: item.sort_order)],
    }


def _item(item: PackageItem) -> Rules:
    common = {
        "item_type": item.item_type,
        "quantity": item.quantity,
        "is_required": item.is_required,
        "upsell_price": amount(item.upsell_price),
    }
    if item.item_type == "fixed":
        return common | {"product_id": str(item.product)}
    selection = {"min_selection": item.min_selection, "max_selection": item.max_selection}
    return common | {"category_id": str(item.category)} | selection


def _mix_match(promotion: Promotion) -> Rules:
    given = promotion.mix_match_rules or {}
    price = given.get("special_price")
    return {
        "type": "mix_match",
        "category_id": given.get("category_id"),
        "required_quantity": _or(given.get("required_quantity"), 3),
        "special_price": amount(Decimal("0.00") if price is None else Decimal(str(price))),
        "allow_same_product": _or(given.get("allow_same_product"), True),
    }


def _upsell(promotion: Promotion) -> Rules:
    return {
        "type": "upsell",
        "upsell_message": promotion.upsell_message,
        "required_min_qty": _or(promotion.buy_quantity, 1),
        "special_price": amount_or_none(promotion.upsell_special_price),
    } | _when_set(required_product_id=promotion.required_product, upsell_product_id=promotion.upsell_product)


def _threshold_tier(promotion: Promotion) -> Rules:
    active = sorted((tier for tier in promotion.tiers if tier.is_active), key=lambda tier: tier.tier_order)
    return {"type": "threshold_tier", "tiers": [_tier(tier) for tier in active]}


def _tier(tier: Tier) -> Rules:
    written = {
        "tier_name": tier.tier_name,
        "min_amount": amount(tier.min_amount),
        "max_amount": amount_or_none(tier.max_amount),
        "discount_type": tier.discount_type,
        "discount_value": amount(tier.discount_value),
    } | _when_set(free_product_id=tier.free_product)
    if tier.discount_type == "points_multiplier":
        written["points_multiplier"] = amount(tier.points_multiplier)
    return written


def _or(value: Any, default: Any) -> Any:
    """The default stands for null only: 0 and false are values."""
    return default if value is None else value


_WRITERS: Final[dict[str, Callable[[Promotion], Rules]]] = {
    "percent_discount": _percent,
    "amount_discount": _amount,
    "buy_x_get_y": _bogo,
    "combo": _combo,
    "free_item": _free_item,
    "happy_hour": _happy_hour,
    "cashback": _cashback,
    "payment_discount": _payment_discount,
    "package": _package,
    "mix_match": _mix_match,
    "upsell": _upsell,
    "threshold_tier": _threshold_tier,
}
