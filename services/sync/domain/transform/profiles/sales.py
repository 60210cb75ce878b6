"""Sales records and their lines."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.sync.domain.transform.columns import Columns
from services.sync.domain.transform.lookups import Lookup
from services.sync.domain.transform.profiles.profile import Profile

_LETTERS = {
    "R": "INVOICE",
    "A": "PROPOSAL",
    "L": "DELIVERY_NOTE",
    "G": "CREDIT_NOTE",
    "B": "ORDER_CONFIRMATION",
}
_NET_DAYS = 30


def _apply_record(columns: Columns, _options: Mapping[str, Any]) -> None:
    net_days = columns.take("net_days")
    if "record_date" in columns:
        given = zip(columns.get("due_date"), columns.get("record_date"), net_days, strict=True)
        columns.columns["due_date"] = [due or _due(day, days) for due, day, days in given]


def _due(day: date | None, days: int | None) -> date | None:
    try:
        return None if day is None else day + timedelta(days=_NET_DAYS if days is None else days)
    except OverflowError:
        return None


def _apply_line(columns: Columns, _options: Mapping[str, Any]) -> None:
    if "document" in columns and "position" in columns:
        pairs = zip(columns.get("document"), columns.take("position"), strict=True)
        columns.columns["line_key"] = [f"{doc}_{position}" if doc and position else None for doc, position in pairs]
    if "quantity" in columns and "delivered" in columns:
        amounts = zip(columns.get("quantity"), columns.get("delivered"), strict=True)
        columns.columns["fulfilment"] = [_fulfilment(ordered or 0, delivered or 0) for ordered, delivered in amounts]


def _fulfilment(ordered: Decimal | int, delivered: Decimal | int) -> str:
    if delivered <= 0:
        return "PENDING"
    return "FULFILLED" if delivered >= ordered > 0 else "PARTIAL"


SALES_RECORD = Profile(
    "sales_record",
    _apply_record,
    helpers={
        "net_days": "integer",
        "customer_legacy_id": "text",
        "customer_number": "text",
        "customer_address_number": "text",
    },
    fills=frozenset({"due_date"}),
    types={"record_type": {"type": "enum", "values": _LETTERS}},
    lookups=(
        Lookup(
            "customer_id",
            "customer",
            (
                {"legacy_id": "customer_legacy_id"},
                {"number": "customer_number"},
                {"address_number": "customer_address_number"},
            ),
        ),
    ),
)
SALES_LINE = Profile(
    "sales_line",
    _apply_line,
    helpers={"document": "text", "position": "text", "product_legacy_id": "text", "product_sku": "text"},
    fills=frozenset({"line_key", "fulfilment"}),
    lookups=(
        Lookup("sales_record_id", "sales_record", ({"legacy_id": "document"},)),
        Lookup(
            "product_id", "product", ({"legacy_id": "product_legacy_id"}, {"sku": "product_sku"}), on_missing="null"
        ),
    ),
)
