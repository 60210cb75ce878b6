"""Products and their variants."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.sync.domain.transform.columns import Columns
from services.sync.domain.transform.functions import split_sku
from services.sync.domain.transform.lookups import Lookup
from services.sync.domain.transform.profiles.profile import Profile
from services.sync.domain.transform.types.numbers import read_number, rounded
from services.sync.domain.transform.types.reading import Unreadable
from services.sync.domain.transform.types.texts import as_text

_TEXTS = ("name_en", "description", "description_en", "base_sku", "variant_code", "retail_unit")
_CENT = Decimal("0.01")
# Names of 4D; each may be set in the options of the profile.
_KEYS = {"kind_key": "Art", "price_key": "Preis", "unit_key": "VE"}
_PRICES = ("retail_price", "retail_unit", "wholesale_price")


def _apply_product(columns: Columns, options: Mapping[str, Any]) -> None:
    for at, (sku, name) in enumerate(zip(columns.get("sku"), columns.get("name"), strict=True)):
        if _is_empty(sku):
            columns.skip(at, "missing_sku")
        elif _is_empty(name):
            columns.skip(at, "missing_name")
    columns.settle()
    if "price_list" in columns:
        _spread_prices(columns, _KEYS | dict(options))
    for text in _TEXTS:
        columns.change(text, lambda value: "" if value is None else value)
    columns.change("is_active", lambda value: True if value is None else value)


def _apply_variant(columns: Columns, options: Mapping[str, Any]) -> None:
    if "base_sku" not in columns and "variant_code" not in columns:
        split_sku(columns, {})
    _apply_product(columns, options)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _spread_prices(columns: Columns, keys: Mapping[str, Any]) -> None:
    spread: list[dict[str, Any]] = []
    for at, given in enumerate(columns.take("price_list")):
        try:
            spread.append(_prices(given, keys))
        except Unreadable as wrong:
            columns.note(at, "price_list", wrong.code, str(wrong))
            spread.append({})
    for name in _PRICES:
        columns.columns[name] = [found.get(name) for found in spread]


def _prices(given: Any, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Of the entry Laden the price and its unit, of the entry Handel the price. Raises Unreadable."""
    found: dict[str, Any] = {}
    for entry in _entries(given):
        kind = entry.get(keys["kind_key"])
        if kind == "Laden" and "retail_price" not in found:
            unit = entry.get(keys["unit_key"])
            found["retail_price"] = _price(entry.get(keys["price_key"]))
            found["retail_unit"] = None if unit is None else as_text(unit)
        elif kind == "Handel" and "wholesale_price" not in found:
            found["wholesale_price"] = _price(entry.get(keys["price_key"]))
    return found


def _entries(given: Any) -> list[Mapping[str, Any]]:
    """A list of entries, an object with exactly one list in it, or either as JSON text."""
    if isinstance(given, str):
        try:
            given = json.loads(given, parse_float=Decimal) if given.strip() else None
        except (ValueError, RecursionError):
            raise Unreadable("invalid_price_list", "The price list is no JSON.") from None
    if given is None:
        return []
    if isinstance(given, Mapping):
        lists = [value for value in given.values() if isinstance(value, list)]
        given = lists[0] if len(lists) == 1 else None
    if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given):
        raise Unreadable("invalid_price_list", "A price list is a list of entries, or an object with one list in it.")
    return given


def _price(value: Any) -> Decimal | None:
    amount = None if value is None else read_number(value)
    return None if amount is None else rounded(amount.number, _CENT)


PRODUCT = Profile(
    "product", _apply_product, helpers={"price_list": "any"}, fills=frozenset(_PRICES), options=dict.fromkeys(_KEYS, "")
)
VARIANT = Profile(
    "variant",
    _apply_variant,
    helpers={"price_list": "any"},
    fills=frozenset({*_PRICES, "base_sku", "variant_code"}),
    options=dict.fromkeys(_KEYS, ""),
    lookups=(
        Lookup("product_id", "product", ({"legacy_id": "legacy_parent_id"}, {"sku": "base_sku"}), on_missing="null"),
    ),
)
