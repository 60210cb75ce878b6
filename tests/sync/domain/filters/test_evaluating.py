"""Conditions looked at in Python."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.evaluating import predicate
from services.sync.domain.filters.likeness import like
from services.sync.domain.filters.reading import read_filters


def meets(row: dict[str, Any], filters: dict[str, Any]) -> bool:
    conditions, findings = read_filters(filters)
    assert not findings
    found = predicate(conditions, zone=UTC)
    assert found is not None
    return found(row)


BEFORE = ["2026-02-28T23:59:59Z", "2026-02-28", "28!2!2026", "2026-03-01T00:59:59+01:00"]
WITHIN = ["2026-03-01T00:00:00Z", "2026-03-01", "1!3!2026", "01.03.26", "2026-03-01T23:59:59Z"]
AFTER = ["2026-03-01T23:59:59.5Z", "2026-03-02T00:00:00Z", "2026-03-02", "2026-03-02T01:00+01:00"]


@pytest.mark.parametrize(
    ("operator", "met"),
    [
        ("gte", WITHIN + AFTER),
        ("lte", BEFORE + WITHIN),
        ("gt", AFTER),
        ("lt", BEFORE),
        ("eq", WITHIN),
        ("ne", BEFORE + AFTER),
    ],
)
def test_a_plain_date_is_its_whole_day_in_utc(operator: str, met: list[str]) -> None:
    every = BEFORE + WITHIN + AFTER
    assert [text for text in every if meets({"d": text}, {"d": {operator: "2026-03-01"}})] == met


@pytest.mark.parametrize(
    ("value", "filters", "met"),
    [
        ("10.5", {"gt": 5}, True),
        ("10.5", {"gt": "9"}, False),  # two texts compare as texts
        (10, {"gt": "9"}, True),
        (Decimal("1.0"), 1, True),
        (0.1, Decimal("0.1"), True),
        (float("nan"), {"ne": 1}, True),
        ("abc", {"gt": 1}, False),
        ("abc", {"ne": 1}, True),
        (1, "1", True),
        (1, "01", True),
        ("1", "01", False),
        ("true", True, True),
        ("0", False, True),
        ("maybe", {"ne": True}, True),
        (True, "true", True),
        (True, 1, False),
        (None, None, True),
        (None, {"ne": None}, False),
        (None, {"ne": 1}, False),
        (None, 1, False),
        ("x", ["x", 1], True),
        ("y", ["x", 1], False),
        ("soon", {"ne": "2026-01-01"}, True),
        ("soon", {"gte": "2026-01-01"}, False),
        ("B", {"gte": "A"}, True),
        ("ä", {"gt": "z"}, True),
        (7, {"like": "7"}, True),
        (Decimal("1E+2"), {"like": "1_0"}, True),
    ],
)
def test_values_of_every_kind(value: object, filters: object, met: bool) -> None:
    assert meets({"a": value}, {"a": filters}) is met


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("abc", ["abc"], ["abcd", "ABC", ""]),
        ("a%", ["a", "ab", "a\nb"], ["ba"]),
        ("%b", ["b", "ab"], ["ba"]),
        ("a%a", ["aa", "aba"], ["a"]),
        ("%a%b%", ["ab", "xaxbx"], ["ba"]),
        ("a_c", ["abc", "a\nc"], ["ac"]),
        ("_%_", ["ab"], ["a"]),
        ("100\\%", ["100%"], ["100x"]),
        ("a\\_%.*", ["a_x.*"], ["abx.*", "a_xyz"]),
        ("%", ["", "x"], []),
        ("", [""], ["x"]),
        ("%ab%ab", ["abab"], ["ab", "xab"]),
    ],
)
def test_like(pattern: str, yes: list[str], no: list[str]) -> None:
    test = like(pattern)
    assert all(test(text) for text in yes)
    assert not any(test(text) for text in no)


def test_a_hostile_pattern_ends() -> None:
    assert not like("%a" * 2_000 + "%b")("a" * 20_000)


def test_dotted_names_reach_into_objects() -> None:
    assert meets({"a": {"b": 1}}, {"a.b": 1})
    assert meets({"a.b": 1}, {"a.b": 1})
    assert not meets({"a": 5}, {"a.b": 1})


def test_what_the_cursor_does_not_have_is_let_through() -> None:
    cursor = predicate([Condition("at", "gte", date(2026, 1, 1), cursor=True)], zone=UTC)
    assert cursor is not None
    assert all(cursor(row) for row in ({}, {"at": None}, {"at": ""}, {"at": "2026-01-01"}))
    assert not cursor({"at": "2025-01-01"})


def test_a_source_that_filters_may_hide_what_it_filters_by() -> None:
    condition = Condition("at", "gte", datetime(2026, 1, 1, tzinfo=UTC))
    trusting, strict = (predicate([condition], zone=UTC, trust_absent=trust) for trust in (True, False))
    assert trusting is not None
    assert strict is not None
    assert trusting({}) is True
    assert trusting({"at": None}) is False
    assert strict({}) is False


def test_no_condition_is_no_predicate() -> None:
    assert predicate([], zone=UTC) is None
