"""Each type: what it reads and what it does not, from the tables of the specification."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.sync.domain.transform.types.known import TYPES
from services.sync.domain.transform.types.reading import Column, OptionRefused, Unreadable, Wish

WRONG = object()
BERLIN = ZoneInfo("Europe/Berlin")
ID = uuid.UUID("6f1e2d3c-0000-4000-8000-000000000001")


def read(kind: str, value: Any, **options: Any) -> Any:
    """The value that a field of that type has, or the code of its error."""
    values, troubles = Column(TYPES[kind], Wish(options, BERLIN)).read([value])
    return troubles[0].code if troubles else values[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a b ", "a b"),
        ("e\u0301", "é"),
        ("", ""),
        (None, None),
        (5, "5"),
        (Decimal("10.0"), "10"),
        (Decimal("10.50"), "10.5"),
        (Decimal("1E+2"), "100"),
        (1e-7, "0.0000001"),
        (12.0, "12"),
        (True, "true"),
        (date(2026, 3, 1), "2026-03-01"),
        (ID, str(ID)),
        ("a\x00b", "nul_character"),
        (Decimal("1E+999999"), "invalid_number"),
        (float("inf"), "invalid_number"),
        ({"a": 1}, "invalid_text"),
    ],
)
def test_text(value: Any, text: Any) -> None:
    assert read("text", value) == text


def test_text_of_a_length() -> None:
    assert read("text", " abc ", max_length=3) == "abc"
    assert read("text", "abcd", max_length=3) == "too_long"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *[("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1.234.567", "1234567"), ("1,234,567", "1234567")],
        *[("123,45", "123.45"), ("1,2", "1.2"), ("1,2345", "1.2345"), ("1.234", "1.234"), ("12", "12"), (".5", "0.5")],
        *[("€ 19,90", "19.90"), ("19.90 EUR", "19.90"), ("-€5", "-5"), ("$-5", "-5"), ("1 234,56", "1234.56")],
        *[("1\u00a0234,56\u202f€", "1234.56"), ("+3", "3"), ("1.234.567,89", "1234567.89"), ("chf 3", "3")],
        *[(5, "5"), (0.1, "0.1"), (Decimal("1E+2"), "100"), ("", None), ("  ", None), (None, None)],
        *[
            (text, "invalid_number")
            for text in ("NaN", "inf", "Infinity", "abc", "1e5", "1_000", "5.", "5,", "--5", "٣")
        ],
        *[(text, "invalid_number") for text in ("1.2,3.4", "12,34,56", "1,23.45", "5 %", "1EUR5", "€5€", "XXX 5", "-")],
        *[(text, "invalid_number") for text in (float("nan"), float("inf"), Decimal("NaN"), True, [1], "9" * 500)],
        *[("1,234", "ambiguous_number"), ("-12,345 EUR", "ambiguous_number"), ("0,123", "ambiguous_number")],
    ],
)
def test_decimal(value: Any, number: str | None) -> None:
    found = read("decimal", value)
    assert found == (Decimal(number) if number and number[-1].isdigit() else number)


@pytest.mark.parametrize(
    ("value", "separator", "number"),
    [
        ("1,234", ",", Decimal("1.234")),
        ("1,234", ".", Decimal(1234)),
        ("1.234", ",", Decimal(1234)),
        ("1.234", ".", Decimal("1.234")),
        ("1.234,5", ",", Decimal("1234.5")),
        ("1,234.5", ",", "invalid_number"),
        ("1.5", ",", "invalid_number"),
        ("1,2,3", ",", "invalid_number"),
    ],
)
def test_decimal_with_a_separator(value: str, separator: str, number: Any) -> None:
    assert read("decimal", value, decimal_separator=separator) == number


def test_decimals_are_rounded_half_up() -> None:
    assert read("decimal", "12.345", scale=2) == Decimal("12.35")
    assert read("decimal", "-12.345", scale=2) == Decimal("-12.35")
    assert read("decimal", 1.005, scale=2) == Decimal("1.01")
    assert read("decimal", "2.5", scale=0) == Decimal(3)


def test_what_a_column_cannot_hold() -> None:
    values, (trouble,) = Column(TYPES["decimal"], Wish({"scale": 2}, whole_digits=3)).read(["999.99", "999.995"])
    assert values == [Decimal("999.99"), None]
    assert trouble.code == "number_out_of_range"


@pytest.mark.parametrize(
    ("value", "options", "amount"),
    [
        ("19.905 €", {}, Decimal("19.91")),
        ("5 USD", {}, Decimal("5.00")),
        ("5 USD", {"currency": "EUR"}, "wrong_currency"),
        ("$5", {"currency": "EUR", "rates": {"USD": 0.5}}, Decimal("2.50")),
        ("5 EUR", {"currency": "EUR"}, Decimal("5.00")),
        ("5", {"currency": "EUR"}, Decimal("5.00")),
        ("n/a", {}, "invalid_number"),
        ("", {}, None),
    ],
)
def test_money(value: Any, options: dict[str, Any], amount: Any) -> None:
    assert read("money", value, **options) == amount


@pytest.mark.parametrize(
    ("value", "integer", "quantity"),
    [
        *[("10", 10, 10), ("-3", -3, -3), (7, 7, 7), (Decimal("7.0"), 7, 7), ("", None, None), (None, None, None)],
        *[("10.5", "invalid_integer", 10), ("-0.9", "invalid_integer", 0), (2.7, "invalid_integer", 2)],
        *[("10abc", "invalid_number", "invalid_quantity"), ("NaN", "invalid_number", "invalid_quantity")],
        *[(float("inf"), "invalid_number", "invalid_quantity"), (True, "invalid_number", "invalid_quantity")],
        *[("9" * 19, "number_out_of_range", "number_out_of_range"), ("1.000.000", 1_000_000, 1_000_000)],
    ],
)
def test_whole_numbers(value: Any, integer: Any, quantity: Any) -> None:
    assert read("integer", value) == integer
    assert read("quantity", value) == quantity


@pytest.mark.parametrize(
    ("values", "boolean"),
    [
        ([True, 1, "1", "true", "YES", "y", "T", " ja ", "J", Decimal("1.0")], True),
        ([False, 0, "0", "False", "no", "N", "f", "nein", "", " "], False),
        ([None], None),
        (["maybe", 2, "on", [], 0.5], "invalid_boolean"),
    ],
)
def test_boolean(values: list[Any], boolean: Any) -> None:
    assert [read("boolean", value) for value in values] == [boolean] * len(values)


@pytest.mark.parametrize(
    ("value", "day", "moment"),
    [
        ("15!04!1985", date(1985, 4, 15), datetime(1985, 4, 14, 22, tzinfo=UTC)),
        ("0!0!0", None, None),
        ("", None, None),
        ("2026-01-01T10:00", date(2026, 1, 1), datetime(2026, 1, 1, 9, tzinfo=UTC)),
        ("2026-01-01T23:30:00Z", date(2026, 1, 2), datetime(2026, 1, 1, 23, 30, tzinfo=UTC)),
        (date(2026, 1, 1), date(2026, 1, 1), datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("soon", "invalid_date", "invalid_date"),
        (20260101, "invalid_date", "invalid_date"),
        (True, "invalid_date", "invalid_date"),
    ],
)
def test_moments(value: Any, day: Any, moment: Any) -> None:
    assert read("date", value) == day
    assert read("datetime", value) == moment


def test_a_pivot_of_its_own() -> None:
    assert read("date", "1.1.30", pivot=20) == date(1930, 1, 1)


def test_enum() -> None:
    values = {"R": "INVOICE", 1: "ONE", False: "NO"}
    words = ["INVOICE", "INVOICE", "ONE", "ONE", "NO", None]
    assert [read("enum", value, values=values) for value in ("R", " R ", 1, "1", False, None)] == words
    assert read("enum", "X", values=values) == "unknown_value"
    assert read("enum", "", values=values) == "unknown_value"


@pytest.mark.parametrize(
    ("value", "email"),
    [
        ("Ada@Example.COM", "Ada@example.com"),
        (" a.b+c@sub.example.de ", "a.b+c@sub.example.de"),
        ("info@müller.de", "info@müller.de"),
        ("", ""),
        (None, None),
        *[(text, "invalid_email") for text in ("a", "a@b", "@example.com", "a@@example.com", "a b@example.com")],
        *[
            (text, "invalid_email")
            for text in ("a.@example.com", "a@-x.de", "a@x..de", "a@1.2.3.4", "a@x.d", "x" * 65 + "@x.de")
        ],
    ],
)
def test_email(value: Any, email: Any) -> None:
    assert read("email", value) == email


@pytest.mark.parametrize(
    ("values", "country"),
    [
        (["DE", "deu", "GER", "D", "Deutschland", "Germany"], "DE"),
        (["AT", "AUT", "A", "Österreich", "OESTERREICH", "austria"], "AT"),
        (["CH", "CHE", "Schweiz", "SWITZERLAND"], "CH"),
        ([" fr "], "FR"),
        (["XX", "France", "", "Atlantis", "EU"], ""),
        ([None], None),
    ],
)
def test_country(values: list[Any], country: Any) -> None:
    assert [read("country", value) for value in values] == [country] * len(values)


def test_uuid_and_json() -> None:
    assert read("uuid", str(ID).upper()) == str(ID)
    assert read("uuid", ID) == str(ID)
    assert read("uuid", "12") == "invalid_uuid"
    assert read("json", '{"a": 1.50}') == {"a": Decimal("1.50")}
    assert read("json", [1]) == [1]
    assert read("json", "{") == "invalid_json"
    assert read("json", "NaN") == "invalid_json"
    assert read("json", " ") is None
    assert read("json", {"a": [0.5, "x"], 1: None}) == {"a": [Decimal("0.5"), "x"], "1": None}
    assert read("json", {"a": ["\x00"]}) == "nul_character"
    assert read("json", float("nan")) == "invalid_number"
    assert read("json", "[" * 100_000) == "invalid_json"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        *[("text", {"max_length": 0}), ("text", {"max_length": "9"}), ("decimal", {"scale": -1})],
        *[("decimal", {"decimal_separator": ";"}), ("money", {"currency": "Euro"}), ("money", {"rates": {"USD": "x"}})],
        *[("money", {"rates": {"usd": 1}}), ("money", {"rates": {"USD": 0}}), ("date", {"pivot": 101})],
        *[("enum", {}), ("enum", {"values": []})],
    ],
)
def test_options_without_sense_are_refused(kind: str, options: dict[str, Any]) -> None:
    with pytest.raises(OptionRefused) as refused:
        Column(TYPES[kind], Wish(options))
    assert refused.value.option in {*options, "values"}


_ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(), st.dates(), st.lists(st.none())
)


@example(kind="money", values=[Decimal("NaN")])
@given(kind=st.sampled_from(sorted(TYPES)), values=st.lists(_ANYTHING | st.text(alphabet="0123456789.,-€ E!")))
def test_a_column_is_read_like_its_values(kind: str, values: list[Any]) -> None:
    """Whatever comes there is no other failure than Unreadable, nulls stay null, the quick way changes nothing."""
    wish = Wish({"values": {"a": "b"}} if kind == "enum" else {})
    column, reader = Column(TYPES[kind], wish), TYPES[kind].reader(wish)

    def one_by_one(value: Any) -> tuple[Any, str | None]:
        try:
            return (None if value is None else reader(value)), None
        except Unreadable as wrong:
            return None, wrong.code

    found, troubles = column.read(values)
    codes = {trouble.at: trouble.code for trouble in troubles}
    assert [(value, codes.get(at)) for at, value in enumerate(found)] == [one_by_one(value) for value in values]
