"""Filters as users write them: what is read, and that nothing that is not understood is dropped."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.reading import read_filters, read_moment_bound

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"aktiv": True}, [Condition("aktiv", "eq", True)]),
        ({"a": None}, [Condition("a", "eq", None)]),
        ({"a": [1, "x"]}, [Condition("a", "in", (1, "x"))]),
        ({"a": {"gte": 1, "<": 2.5}}, [Condition("a", "gte", 1), Condition("a", "lt", Decimal("2.5"))]),
        ({"a.b": {"like": "x%"}, "c": 1}, [Condition("a.b", "like", "x%"), Condition("c", "eq", 1)]),
        ({"größe": {"!=": "XL"}}, [Condition("größe", "ne", "XL")]),
        ({"d": {"lte": "2026-03-01"}}, [Condition("d", "lte", date(2026, 3, 1))]),
        ({"d": date(2026, 3, 1)}, [Condition("d", "eq", date(2026, 3, 1))]),
        ({"d": {"gt": "2026-03-01T12:00:00Z"}}, [Condition("d", "gt", NOON)]),
        ({"d": {"gt": "2026-03-01 13:00"}}, [Condition("d", "gt", NOON)]),
        ({"d": {"=": datetime(2026, 3, 1, 13)}}, [Condition("d", "eq", NOON)]),
        ([["a", ">", 1], ("a", "in", [2])], [Condition("a", "gt", 1), Condition("a", "in", (2,))]),
        ({}, []),
    ],
)
def test_what_is_read(given: object, read: list[Condition]) -> None:
    assert read_filters(given, zone=ZoneInfo("Europe/Berlin"), triples=True) == (read, [])


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"a": {"contains": "x"}}, "/a/contains", "unknown_operator"),
        ({"a": {"or": [1]}}, "/a/or", "unknown_operator"),
        ({"a": {}}, "/a", "unknown_operator"),
        ({"a": {"EQ": 1}}, "/a/EQ", "unknown_operator"),
        ({"a/b": 1}, "/a~1b", "invalid_field"),
        ({"a' or 1=1": 1}, "/a' or 1=1", "invalid_field"),
        ({"a.": 1}, "/a.", "invalid_field"),
        ({"": 1}, "/", "invalid_field"),
        ({"a": []}, "/a", "invalid_value"),
        ({"a": {"in": 1}}, "/a/in", "invalid_value"),
        ({"a": [None]}, "/a", "invalid_value"),
        ({"a": [[1]]}, "/a", "invalid_value"),
        ({"a": "x\x00"}, "/a", "invalid_value"),
        ({"a": "x\ny"}, "/a", "invalid_value"),
        ({"a": {"like": "x\t"}}, "/a/like", "invalid_value"),
        ({"a": {"like": "x\\"}}, "/a/like", "invalid_value"),
        ({"a": {"like": 5}}, "/a/like", "invalid_value"),
        ({"a": {"gt": None}}, "/a/gt", "invalid_value"),
        ({"a": {"gt": True}}, "/a/gt", "invalid_value"),
        ({"a": float("nan")}, "/a", "invalid_value"),
        ({"a": {"gte": "2026-02-30"}}, "/a/gte", "invalid_date"),
        ({"a": {"gte": "2026-02-01T25:00"}}, "/a/gte", "invalid_date"),
        ({"a": "0001-01-01T00:00+14:00"}, "/a", "invalid_date"),
        ({"modified_date": {"gte": "yesterday"}}, "/modified_date/gte", "invalid_date"),
        ({"modified_date": 20260301}, "/modified_date", "invalid_date"),
        ({"modified_date": ["2026-01-01", "soon"]}, "/modified_date", "invalid_date"),
        ([["a", "~", 1]], "/0", "unknown_operator"),
        ([["a", "="]], "/0", "invalid_field"),
        ("a=1", "", "invalid_filters"),
        (None, "", "invalid_filters"),
    ],
)
def test_what_is_refused(given: Any, pointer: str, code: str) -> None:
    _, (finding,) = read_filters(given, dates={"modified_date"}, triples=True)
    assert (finding.pointer, finding.code) == (pointer, code)
    assert finding.text


def test_everything_that_is_wrong_is_found() -> None:
    _, findings = read_filters({"a": {"x": 1, "gt": True}, "b c": 1})
    assert [finding.pointer for finding in findings] == ["/a/x", "/a/gt", "/b c"]


def test_a_run_takes_an_object_only() -> None:
    _, (finding,) = read_filters([["a", "=", 1]])
    assert finding.code == "invalid_filters"


def test_bounds_of_a_run() -> None:
    assert read_moment_bound("2026-03-01") == date(2026, 3, 1)
    assert read_moment_bound("2026-03-01T13:00", zone=ZoneInfo("Europe/Berlin")) == NOON
    for wrong in ("yesterday", 5, None, True, "2026-13-01", "", [1]):
        with pytest.raises(ValueError, match=r"date|value"):
            read_moment_bound(wrong)
