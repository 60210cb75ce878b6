"""What a promotion must be before it is stored, and what may still be missing from it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

Values = Mapping[str, Any]


class Fault(NamedTuple):
    """What is wrong with one field; as a warning: what is still missing."""

    field: str
    code: str
    text: str


def scope_of(values: Values) -> str:
    """The scope that is stored: derived where none is given, and never the company's beside a brand."""
    given = values.get("scope")
    if given in (None, "company"):
        if values.get("brand_id") is not None:
            return "single"
        return "brands" if values.get("brands") and given is None else "company"
    return str(given)


def faults(values: Values) -> list[Fault]:
    """Why the whole promotion cannot be stored."""
    return list(_faults(values))


def warnings(values: Values) -> list[Fault]:
    """What keeps a stored promotion from taking effect as meant."""
    needed = _NEEDED.get(values["promo_type"], ())
    missing = [names for names in needed if all(_is_empty(values.get(name)) for name in names)]
    return [
        Fault(names[0], "missing", f"Without {' or '.join(names)} the promotion cannot take effect.")
        for names in missing
    ]


def _faults(values: Values) -> Iterator[Fault]:
    if values["end_date"] < values["start_date"]:
        yield Fault("end_date", "end_before_start", "It would end before it starts.")
    if not values.get("all_stores", True) and not values.get("stores"):
        yield Fault("stores", "no_store", "Name at least one store, or all of them.")
    if values["scope"] == "brands" and not values.get("brands"):
        yield Fault("brands", "no_brand", "Name at least one brand.")
    if values["scope"] == "single" and values.get("brand_id") is None:
        yield Fault("brand_id", "no_brand", "Name the brand.")
    if values["promo_type"] == "buy_x_get_y":
        for name in ("buy_quantity", "get_quantity"):
            if (values.get(name) or 0) < 1:
                yield Fault(name, "below_one", "At least 1.")
    yield from _faults_of_tiers(values.get("tiers") or [])
    yield from _faults_of_items((values.get("package") or {}).get("items") or [])


def _faults_of_tiers(tiers: list[Values]) -> Iterator[Fault]:
    orders = [tier["tier_order"] for tier in tiers]
    for place, tier in enumerate(tiers):
        if orders.index(tier["tier_order"]) < place:
            yield Fault(f"tiers/{place}/tier_order", "repeated", "Another tier stands in this place.")
        if tier.get("max_amount") is not None and tier["max_amount"] < tier["min_amount"]:
            yield Fault(f"tiers/{place}/max_amount", "below_minimum", "It would end below its beginning.")


def _faults_of_items(items: list[Values]) -> Iterator[Fault]:
    orders = [item["sort_order"] for item in items]
    for place, item in enumerate(items):
        wanted, other = ("product", "category") if item["item_type"] == "fixed" else ("category", "product")
        if item.get(wanted) is None:
            yield Fault(f"package/items/{place}/{wanted}", "required", f"An item of this type names a {wanted}.")
        if item.get(other) is not None:
            yield Fault(f"package/items/{place}/{other}", "not_allowed", f"An item of this type names no {other}.")
        if orders.index(item["sort_order"]) < place:
            yield Fault(f"package/items/{place}/sort_order", "repeated", "Another item stands in this place.")


def _is_empty(value: Any) -> bool:
    return value is None or value in ([], {}, "")


# For each type what it cannot do without; of several names one is enough.
_NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "percent_discount": (("discount_percent",),),
    "amount_discount": (("discount_amount",),),
    "combo": (("combo_price",), ("combo_products",)),
    "free_item": (("get_product",),),
    "happy_hour": (("discount_percent", "discount_amount", "happy_hour_price"),),
    "cashback": (("discount_percent", "discount_amount"),),
    "payment_discount": (("discount_percent", "discount_amount"), ("payment_methods",)),
    "package": (("package",),),
    "mix_match": (("mix_match_rules",),),
    "upsell": (("upsell_product",),),
    "threshold_tier": (("tiers",),),
}
