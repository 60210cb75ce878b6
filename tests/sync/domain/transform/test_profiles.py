"""Profiles: the rules for the things that old systems keep, case by case."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.sync.domain.transform.columns import Transformed
from services.sync.domain.transform.compiling import compile_mapping
from services.sync.domain.transform.profiles.storage import numbered_names
from services.sync.domain.transform.targets import TargetColumn

_KINDS = {
    "text": "sku base_sku variant_code legacy_id legacy_parent_id name name_en description retail_unit number email",
    "decimal": "retail_price wholesale_price credit_limit annual_salary monthly_salary quantity delivered",
    "integer": "product_id customer_id sales_record_id net_days",
    "boolean": "is_active",
    "date": "record_date due_date",
}
_MORE = "first_name last_name country legacy_address_number status record_type line_key fulfilment"
COLUMNS = {name: TargetColumn(name, kind) for kind, names in _KINDS.items() for name in names.split()}
COLUMNS |= {name: TargetColumn(name) for name in _MORE.split()}
COLUMNS |= {name: TargetColumn(name, "decimal", precision=14, scale=3) for name in ("length_cm", "weight_kg")}


def transformed(profile: Any, *rows: dict[str, Any], **mappings: Any) -> Transformed:
    """The page, each field mapped to the target of its own name unless told otherwise."""
    fields = {name: name for row in rows for name in row} | mappings
    mapping, findings = compile_mapping({"profile": profile, "field_mappings": fields}, target=COLUMNS)
    assert not findings
    assert mapping is not None
    return mapping.apply(list(rows))


def lookups(profile: str, *fields: str) -> list[tuple[str, str, list[Any], str]]:
    mapping, _ = compile_mapping({"profile": profile, "field_mappings": {f: f for f in fields}}, target=COLUMNS)
    assert mapping is not None
    return [(found.target, found.table, list(found.matches), found.on_missing) for found in mapping.lookups]


def test_products_need_a_number_and_a_name() -> None:
    rows = [{"sku": sku, "name": name} for sku, name in (("1", "a"), ("", "b"), (None, None), ("4", " "), ("5", None))]
    page = transformed("product", *rows)
    assert page.kept == [0]
    assert [(skip.index, skip.reason) for skip in page.skipped] == [
        (1, "missing_sku"),
        (2, "missing_sku"),
        (3, "missing_name"),
        (4, "missing_name"),
    ]


def test_texts_of_products_default_to_empty() -> None:
    page = transformed("product", {"sku": "1", "name": "a", "description": None, "is_active": None, "legacy_id": None})
    assert page.columns == {"sku": ["1"], "name": ["a"], "description": [""], "is_active": [True], "legacy_id": [None]}


LADEN = {"Art": "Laden", "Preis": 12.345, "VE": "Stück"}
HANDEL = {"Art": "Handel", "Preis": "1.234,5", "VE": 10}


@pytest.mark.parametrize(
    ("price_list", "prices"),
    [
        ([LADEN, HANDEL], (Decimal("12.35"), "Stück", Decimal("1234.50"))),
        ({"Preise": [HANDEL], "x": 1}, (None, None, Decimal("1234.50"))),
        ('[{"Art": "Laden", "Preis": 12.345}]', (Decimal("12.35"), None, None)),
        ([{"Art": "Messe", "Preis": 1}], (None, None, None)),
        ([LADEN, {"Art": "Laden", "Preis": 99}], (Decimal("12.35"), "Stück", None)),
        ([], (None, None, None)),
        (None, (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_price_lists(price_list: Any, prices: tuple[Any, ...]) -> None:
    page = transformed("product", {"sku": "1", "name": "a", "price_list": price_list})
    found = tuple(page.columns[name][0] for name in ("retail_price", "retail_unit", "wholesale_price"))
    assert found == (prices[0], prices[1] or "", prices[2])
    assert "price_list" not in page.columns
    assert page.field_errors == []


@pytest.mark.parametrize(
    ("price_list", "code"),
    [
        ({"a": [], "b": []}, "invalid_price_list"),
        ({"a": 1}, "invalid_price_list"),
        ("[", "invalid_price_list"),
        ([5], "invalid_price_list"),
        ([LADEN | {"Preis": "viel"}], "invalid_number"),
    ],
)
def test_price_lists_that_are_none(price_list: Any, code: str) -> None:
    page = transformed("product", {"sku": "1", "name": "a", "price_list": price_list})
    assert page.columns["retail_price"] == [None]
    assert [(error.field, error.code) for error in page.field_errors] == [("price_list", code)]


def test_keys_of_price_lists_may_be_set() -> None:
    profile = {"name": "product", "kind_key": "kind", "price_key": "amount", "unit_key": "unit"}
    entry = {"kind": "Laden", "amount": 1, "unit": "kg"}
    page = transformed(profile, {"sku": "1", "name": "a", "price_list": [entry]})
    assert page.columns["retail_unit"] == ["kg"]


@pytest.mark.parametrize(
    ("sku", "base", "code"),
    [
        ("BASE-1", "BASE", "1"),
        ("A-B-C", "A-B", "C"),
        ("BASE", "BASE", ""),
        ("BASE-", "BASE-", ""),
        ("-1", "-1", ""),
    ],
)
def test_variants_are_split_at_the_last_hyphen(sku: str, base: str, code: str) -> None:
    page = transformed("variant", {"sku": sku, "name": "a"})
    assert (page.columns["base_sku"], page.columns["variant_code"]) == ([base], [code])


def test_variants_look_for_their_parent() -> None:
    assert lookups("variant", "sku", "name", "legacy_parent_id") == [
        ("product_id", "product", [{"legacy_id": "legacy_parent_id"}, {"sku": "base_sku"}], "null")
    ]
    assert lookups("variant", "sku", "name")[0][2] == [{"sku": "base_sku"}]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"company": "ACME", "first_name": "Ada", "last_name": "L"}, "ACME"),
        ({"company": "", "first_name": "Ada", "last_name": "L"}, "Ada L"),
        ({"company": None, "first_name": None, "last_name": "L"}, "L"),
        ({"company": "", "first_name": "", "last_name": ""}, "Customer 17"),
    ],
)
def test_names_of_customers(row: dict[str, Any], name: str) -> None:
    page = transformed("customer", {"number": 17, "credit_limit": "much", "net_days": "1.5", **row})
    assert page.columns == {"number": ["17"], "credit_limit": [None], "net_days": [None], "name": [name]}
    assert [error.code for error in page.field_errors] == ["invalid_number", "invalid_integer"]


def test_addresses() -> None:
    row = {"legacy_id": 1, "country": "Deutschland", "email": "nobody", "legacy_address_number": 7}
    page = transformed("address", row)
    assert page.columns["country"] == ["DE"]
    assert page.columns["email"] == [""]
    assert page.warnings[0].code == "invalid_email"
    assert lookups("address", *row) == [
        ("customer_id", "customer", [{"address_number": "legacy_address_number"}], "park")
    ]


def test_employees() -> None:
    rows = [{"number": 1, "first_name": "", "last_name": None, "annual_salary": s} for s in (60000, "100000", None)]
    page = transformed("employee", *rows)
    assert page.columns["first_name"] == ["Unknown"] * 3
    assert page.columns["last_name"] == ["Unknown"] * 3
    assert page.columns["monthly_salary"] == [Decimal("5000.00"), Decimal("8333.33"), None]


def test_sales_records() -> None:
    letters = {"R": "INVOICE", "A": "PROPOSAL", "L": "DELIVERY_NOTE", "G": "CREDIT_NOTE", "B": "ORDER_CONFIRMATION"}
    days = [None, 14, 0, None, 30]
    rows = [
        {"legacy_id": letter, "record_type": letter, "record_date": "2026-01-31", "due_date": None, "days": net}
        for letter, net in zip(letters, days, strict=True)
    ]
    rows[3]["due_date"] = "2026-12-24"
    page = transformed("sales_record", *rows, {"legacy_id": 9, "record_type": "X"}, days="net_days")
    assert page.columns["record_type"] == list(letters.values())
    assert page.columns["due_date"] == [
        *(date(2026, 3, 2), date(2026, 2, 14), date(2026, 1, 31), date(2026, 12, 24), date(2026, 3, 2))
    ]
    assert [(bad.row["legacy_id"], bad.faults[0].code) for bad in page.bad] == [(9, "unknown_value")]


def test_sales_records_look_for_their_customer() -> None:
    fields = ("legacy_id", "customer_number", "customer_legacy_id")
    (found,) = lookups("sales_record", *fields)
    assert found[2:] == ([{"legacy_id": "customer_legacy_id"}, {"number": "customer_number"}], "park")


@pytest.mark.parametrize(
    ("ordered", "delivered", "fulfilment"),
    [
        (5, 5, "FULFILLED"),
        (5, "6.0", "FULFILLED"),
        (5, 1, "PARTIAL"),
        (5, 0, "PENDING"),
        (0, 0, "PENDING"),
        (None, None, "PENDING"),
        (0, 1, "PARTIAL"),
    ],
)
def test_sales_lines(ordered: Any, delivered: Any, fulfilment: str) -> None:
    row = {"document": 17, "position": 2, "product_sku": "A", "quantity": ordered, "delivered": delivered}
    page = transformed("sales_line", row)
    assert page.columns["line_key"] == ["17_2"]
    assert page.columns["fulfilment"] == [fulfilment]
    assert page.helpers == {"document": ["17"], "product_sku": ["A"]}
    assert set(page.columns) == {"line_key", "fulfilment", "quantity", "delivered"}


def test_locations_need_an_id_and_keep_their_number() -> None:
    page = transformed("location", {"legacy_id": "A7", "name": "x"}, {"legacy_id": None, "name": "y"})
    assert page.columns["legacy_id"] == ["A7"]
    assert [(skip.index, skip.reason) for skip in page.skipped] == [(1, "missing_id")]


@pytest.mark.parametrize(
    ("wanted", "known", "taken", "names"),
    [
        ([("1", "a"), ("2", "a"), ("3", "a"), ("4", "b")], {}, [], ["a", "a_2", "a_3", "b"]),
        ([("2", "a"), ("1", "a"), ("5", "a")], {"1": "a", "2": "a_2"}, ["a", "a_2"], ["a_2", "a", "a_3"]),
        ([("1", "b")], {"1": "a"}, [], ["b"]),
        ([("1", "a"), ("1", "a")], {}, [], ["a", "a"]),
        ([("1", "a"), ("2", "a_2"), ("3", "a")], {}, [], ["a", "a_2", "a_3"]),
        ([("1", None), ("2", "")], {}, [], [None, ""]),
    ],
)
def test_repeated_names_are_numbered(wanted: Any, known: Any, taken: Any, names: Any) -> None:
    assert numbered_names(wanted, known, taken) == names


@pytest.mark.parametrize(
    ("value", "centimetres", "kilograms"),
    [
        (1234, Decimal("123.40"), Decimal("1.23")),
        ("12,5", Decimal("1.25"), Decimal("0.01")),
        (0, None, None),
        (-5, None, None),
        ("n/a", None, None),
        (None, None, None),
    ],
)
def test_box_types(value: Any, centimetres: Any, kilograms: Any) -> None:
    page = transformed("box_type", {"legacy_id": 1, "length_mm": value, "weight_g": value})
    assert page.columns == {"legacy_id": ["1"], "length_cm": [centimetres], "weight_kg": [kilograms]}
    assert page.field_errors == []


@pytest.mark.parametrize(
    ("reserved", "order", "status"),
    [
        *[(yes, "1", "RESERVED") for yes in (True, 1, "1", "Y", "yes", "TRUE")],
        *[(no, " 17 ", "ALLOCATED") for no in (False, 0, "n", None, "ja")],
        *[(None, none, "AVAILABLE") for none in (None, "", " ", "0", " 0 ", 0)],
    ],
)
def test_storage_items(reserved: Any, order: Any, status: str) -> None:
    row = {"legacy_id": 1, "is_reserved": reserved, "order_number": order, "quantity": "10.5"}
    page = transformed("storage_item", row)
    assert page.columns == {"legacy_id": ["1"], "status": [status], "quantity": [10]}
