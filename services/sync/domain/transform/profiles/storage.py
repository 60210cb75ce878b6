"""Locations, kinds of boxes, and what lies in them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from services.sync.domain.transform.columns import Columns
from services.sync.domain.transform.profiles.profile import Numbered, Profile
from services.sync.domain.transform.types.numbers import read_number, rounded
from services.sync.domain.transform.types.reading import Unreadable

_HUNDREDTH = Decimal("0.01")
# Ending of the helper, ending of the column, by what the number is divided.
_UNITS = (("_mm", "_cm", Decimal(10)), ("_g", "_kg", Decimal(1000)))
_YES = frozenset({"true", "1", "y", "yes"})


def _apply_location(columns: Columns, _options: Mapping[str, Any]) -> None:
    for at, legacy_id in enumerate(columns.get("legacy_id")):
        if legacy_id is None or not str(legacy_id).strip():
            columns.skip(at, "missing_id")


def numbered_names(
    wanted: Iterable[tuple[str, str | None]], known: Mapping[str, str], taken: Iterable[str]
) -> list[str | None]:
    """The names that the rows (key, name as it came) are stored with, in the order of their arrival.

    `known` are the stored names by key: a key keeps its name while it is still one of the name that came. `taken` are
    all stored names that begin with one that came.
    """
    names: list[str | None] = []
    used, given = set(taken), dict(known)
    for key, name in wanted:
        if not name:
            names.append(name)
            continue
        kept = given.get(key)
        if kept is None or not _is_of(kept, name):
            kept = _free(name, used)
        given[key] = kept
        used.add(kept)
        names.append(kept)
    return names


def _is_of(stored: str, name: str) -> bool:
    number = stored.removeprefix(f"{name}_") if stored != name else ""
    return stored == name or (stored.startswith(f"{name}_") and number.isdigit())


def _free(name: str, used: set[str]) -> str:
    number, candidate = 1, name
    while candidate in used:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _apply_box_type(columns: Columns, _options: Mapping[str, Any]) -> None:
    for ending, unit, divisor in _UNITS:
        for helper in [name for name in columns.columns if name.endswith(ending)]:
            column = helper.removesuffix(ending) + unit
            columns.columns[column] = [_measure(value, divisor) for value in columns.take(helper)]


def _measure(value: Any, divisor: Decimal) -> Decimal | None:
    try:
        amount = None if value is None else read_number(value)
    except Unreadable:
        return None
    return None if amount is None or amount.number <= 0 else rounded(amount.number / divisor, _HUNDREDTH)


def _apply_storage_item(columns: Columns, _options: Mapping[str, Any]) -> None:
    if "is_reserved" not in columns and "order_number" not in columns:
        return
    pairs = zip(columns.take("is_reserved"), columns.take("order_number"), strict=True)
    columns.columns["status"] = [_status(reserved, order) for reserved, order in pairs]


def _status(reserved: Any, order: Any) -> str:
    if reserved is not None and str(reserved).strip().lower() in _YES:
        return "RESERVED"
    return "AVAILABLE" if order is None or str(order).strip() in ("", "0") else "ALLOCATED"


LOCATION = Profile("location", _apply_location, numbered=Numbered("name", "legacy_id"))
BOX_TYPE = Profile(
    "box_type",
    _apply_box_type,
    suffixes={"_mm": "any", "_g": "any"},
    fills=frozenset({"length_cm", "width_cm", "height_cm", "weight_kg"}),
)
STORAGE_ITEM = Profile(
    "storage_item",
    _apply_storage_item,
    helpers={"is_reserved": "any", "order_number": "any"},
    fills=frozenset({"status"}),
    types={"quantity": {"type": "quantity"}},
)
