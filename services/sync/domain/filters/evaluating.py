"""Conditions looked at in Python, for sources that cannot filter; PostgreSQL finds the same rows (tested)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from services.sync.domain.dates import instant
from services.sync.domain.filters.conditions import Condition, Operator, Scalar, Span, span
from services.sync.domain.filters.likeness import like

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]
Test = Callable[[Any], bool]

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_ABSENT = object()


def predicate(conditions: Iterable[Condition], *, zone: tzinfo, trust_absent: bool = False) -> Predicate | None:
    """Whether a row meets all conditions; None if there is none.

    A value that is null, or of another kind than what it is compared with, meets no condition but `ne` (and null not
    even that). `trust_absent`: the source has filtered already and may not show every field it filtered by.
    """
    tests = [_on_field(condition, zone, trust_absent) for condition in conditions]
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


def value_at(row: Row, field: str, default: Any = None) -> Any:
    """The value of a field; a dotted name that is no field itself reaches into nested objects."""
    found = row.get(field, _ABSENT)
    if found is not _ABSENT or "." not in field:
        return default if found is _ABSENT else found
    inner: Any = row
    for part in field.split("."):
        if not isinstance(inner, Mapping) or part not in inner:
            return default
        inner = inner[part]
    return inner


def values_at(rows: Sequence[Row], field: str) -> list[Any]:
    """Of each row."""
    return [value_at(row, field) for row in rows] if "." in field else [row.get(field) for row in rows]


def _on_field(condition: Condition, zone: tzinfo, trust_absent: bool) -> Predicate:
    field, nulls = condition.field, condition.cursor
    if condition.value is None:
        wanted = condition.operator == "eq"
        return lambda row: (value_at(row, field) is None) is wanted
    test = test_of(condition, zone=zone)

    def met(row: Row) -> bool:
        value = value_at(row, field, _ABSENT)
        if value is _ABSENT:
            return trust_absent or nulls
        return nulls if value is None or (nulls and value == "") else test(value)

    return met


def test_of(condition: Condition, *, zone: tzinfo) -> Test:
    """Whether a value that is not null meets a condition that does not ask for null."""
    value = condition.value
    if isinstance(value, tuple):
        tests = [_against("eq", each, zone) for each in value]
        return lambda found: any(test(found) for test in tests)
    if condition.operator == "like":
        return like(str(value))
    return _against(condition.operator, value, zone)


def _against(operator: Operator, value: Scalar, zone: tzinfo) -> Test:
    if isinstance(value, date):
        return _moment_test(span(operator, value), zone)
    if isinstance(value, bool):
        return _boolean_test(operator, value)
    if isinstance(value, str):
        return _text_test(operator, value)
    assert isinstance(value, int | Decimal)  # null was looked at before
    return _number_test(operator, Decimal(value))


def _moment_test(meant: Span, zone: tzinfo) -> Test:
    def met(found: Any) -> bool:
        moment = instant(found, zone)
        return meant.outside if moment is None else _lies(moment, meant) is not meant.outside

    return met


def _lies(moment: datetime, meant: Span) -> bool:
    return (
        (meant.low is None or moment >= meant.low)
        and (meant.high is None or moment <= meant.high)
        and (meant.above is None or moment > meant.above)
        and (meant.below is None or moment < meant.below)
    )


def _boolean_test(operator: Operator, value: bool) -> Test:
    def met(found: Any) -> bool:
        read = found if isinstance(found, bool) else _BOOLEANS.get(str(found).strip().lower())
        return (read is value) is (operator == "eq")

    return met


def _number_test(operator: Operator, value: Decimal) -> Test:
    compare = COMPARE[operator]

    def met(found: Any) -> bool:
        number = _number(found)
        if number is None:
            return operator == "ne"
        # A binary fraction is compared as one, the way a database does it.
        return compare(number, float(value)) if isinstance(number, float) else compare(number, value)

    return met


def _text_test(operator: Operator, value: str) -> Test:
    compare = COMPARE[operator]
    as_number = _number_test(operator, Decimal(value)) if _NUMBER.fullmatch(value) else None

    def met(found: Any) -> bool:
        if isinstance(found, str):
            return compare(found, value)
        if isinstance(found, bool):
            return compare(str(found).lower(), value)
        if isinstance(found, int | float | Decimal):
            return as_number(found) if as_number is not None else operator == "ne"
        return compare(str(found), value)

    return met


def _number(found: Any) -> int | Decimal | float | None:
    kind = type(found)
    if kind is Decimal or kind is int:  # nearly always
        return found if found == found else None
    if kind is bool:
        return None
    if isinstance(found, int | float | Decimal):
        return found if found == found else None
    if isinstance(found, str) and _NUMBER.fullmatch(found.strip()):
        return Decimal(found.strip())
    return None


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": eq,
    "ne": ne,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
}
