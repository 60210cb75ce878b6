"""Customers, their addresses, and employees."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

from services.sync.domain.transform.columns import Columns
from services.sync.domain.transform.lookups import Lookup
from services.sync.domain.transform.profiles.profile import Profile

_MONTHS = 12
_CENT = Decimal("0.01")


def _apply_customer(columns: Columns, _options: Mapping[str, Any]) -> None:
    parts = zip(
        columns.get("name"),
        columns.take("company"),
        columns.take("first_name"),
        columns.take("last_name"),
        columns.get("number"),
        strict=True,
    )
    columns.columns["name"] = [
        name or company or " ".join(filter(None, (first, last))) or f"Customer {number or ''}".rstrip()
        for name, company, first, last, number in parts
    ]


def _apply_address(_columns: Columns, _options: Mapping[str, Any]) -> None:
    """Nothing beyond the types and the lookup of the customer."""


def _apply_employee(columns: Columns, _options: Mapping[str, Any]) -> None:
    for name in ("first_name", "last_name"):
        columns.change(name, lambda value: value or "Unknown")
    if "annual_salary" in columns:
        columns.columns["monthly_salary"] = [_monthly(annual) for annual in columns.columns["annual_salary"]]


def _monthly(annual: Decimal | None) -> Decimal | None:
    return None if annual is None else (annual / _MONTHS).quantize(_CENT, rounding=ROUND_DOWN)


CUSTOMER = Profile(
    "customer",
    _apply_customer,
    helpers={"company": "text", "first_name": "text", "last_name": "text"},
    fills=frozenset({"name"}),
)
ADDRESS = Profile(
    "address",
    _apply_address,
    types={"country": {"type": "country"}, "email": {"type": "email"}},
    lookups=(Lookup("customer_id", "customer", ({"address_number": "legacy_address_number"},)),),
)
EMPLOYEE = Profile(
    "employee",
    _apply_employee,
    fills=frozenset({"monthly_salary"}),
    types={"annual_salary": {"type": "money"}, "email": {"type": "email"}},
)
