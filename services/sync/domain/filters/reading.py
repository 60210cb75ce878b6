"""Filters as users write them: an object or a list of triples, read into conditions or refused with every finding."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from services.sync.domain.dates import NoDate, in_utc
from services.sync.domain.filters.conditions import Condition, Operator, Scalar, Value
from services.sync.domain.findings import Finding

MAX_VALUES = 1000
MAX_TEXT = 10_000
OPERATORS: dict[str, Operator] = {
    "eq": "eq",
    "ne": "ne",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "in": "in",
    "like": "like",
    "=": "eq",
    "!=": "ne",
    ">": "gt",
    ">=": "gte",
    "<": "lt",
    "<=": "lte",
}
_FIELD = re.compile(r"\w+(?:\.\w+)*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ORDERING = frozenset({"gt", "gte", "lt", "lte"})


class _Wrong(ValueError):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def read_filters(
    given: object, *, zone: tzinfo = UTC, dates: Collection[str] = (), triples: bool = False
) -> tuple[list[Condition], list[Finding]]:
    """The conditions and what is wrong; with a finding the conditions are not complete and must not be used.

    `dates` are the fields known to hold dates: what is no date is refused there. `zone` reads times without a zone.
    `triples` also accepts a list of [field, operator, value], as a configuration file may.
    """
    conditions: list[Condition] = []
    findings: list[Finding] = []
    if isinstance(given, Mapping):
        written: Iterable[tuple[str, Any, Any, Any]] = _written(given)
    elif triples and isinstance(given, list):
        written = [_triple(number, entry) for number, entry in enumerate(given)]
    else:
        forms = "an object or a list of [field, operator, value]" if triples else "an object"
        return [], [Finding("", "invalid_filters", f"Filters are {forms}.")]
    for pointer, field, operator, value in written:
        try:
            conditions.append(_condition(field, operator, value, zone, dates))
        except _Wrong as wrong:
            findings.append(Finding(pointer, wrong.code, wrong.text))
    return conditions, findings


def read_moment_bound(value: object, *, zone: tzinfo = UTC) -> date | datetime:
    """A date or a time in UTC, as `since` and `until` take it. Raises ValueError with the text for the reader."""
    read = read_scalar(value, zone=zone)
    if not isinstance(read, date):
        raise _Wrong("invalid_date", "This is neither a date (2026-01-31) nor a time (2026-01-31T08:00:00Z).")
    return read


def read_scalar(value: object, *, zone: tzinfo = UTC) -> Scalar:
    """One value as a condition compares with it: text that is a date becomes one. Raises ValueError."""
    return _scalar(value, zone)


def _written(given: Mapping[Any, Any]) -> Iterator[tuple[str, Any, Any, Any]]:
    for field, value in given.items():
        pointer = f"/{_escaped(field)}"
        if isinstance(value, Mapping):
            if not value:
                yield pointer, field, None, None
            for operator, operand in value.items():
                yield f"{pointer}/{_escaped(operator)}", field, operator, operand
        else:
            yield pointer, field, "in" if isinstance(value, list | tuple) else "eq", value


def _triple(number: int, entry: object) -> tuple[str, Any, Any, Any]:
    if isinstance(entry, list | tuple) and len(entry) == 3:
        return f"/{number}", *entry
    return f"/{number}", entry, None, None


def _condition(field: Any, operator: Any, value: Any, zone: tzinfo, dates: Collection[str]) -> Condition:
    if not isinstance(field, str) or not _FIELD.fullmatch(field) or len(field) > 200:
        raise _Wrong("invalid_field", "A field name has letters, digits, _ and dots between them.")
    meant = OPERATORS.get(operator) if isinstance(operator, str) else None
    if meant is None:
        known = ", ".join(OPERATORS)
        raise _Wrong("unknown_operator", f"{operator!r} is no operator; there are {known}.")
    read: Value = _values(value, zone) if meant == "in" else _scalar(value, zone)
    if meant == "like":
        read = _like_pattern(value)
    elif meant in _ORDERING and (read is None or isinstance(read, bool)):
        raise _Wrong("invalid_value", f"{operator} needs a number, a date or a text.")
    if field in dates and meant != "like":
        _demand_dates(read)
    return Condition(field, meant, read)


def _demand_dates(read: Value) -> None:
    for value in read if isinstance(read, tuple) else (read,):
        if value is not None and not isinstance(value, date):
            raise _Wrong("invalid_date", f"{str(value)[:50]!r} is neither a date nor a time.")


def _values(value: object, zone: tzinfo) -> tuple[Scalar, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MAX_VALUES:
        raise _Wrong("invalid_value", f"A list of 1 to {MAX_VALUES} values is needed.")
    read = tuple(_scalar(each, zone) for each in value)
    if None in read:
        raise _Wrong("invalid_value", "null is no value of a list; ask for it by a condition of its own.")
    return read


def _scalar(value: object, zone: tzinfo) -> Scalar:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        if not exact.is_finite():
            raise _Wrong("invalid_value", "This is not a number.")
        return exact
    if isinstance(value, str):
        return _text_or_moment(value, zone)
    if isinstance(value, date):
        return _moment(value, zone)
    raise _Wrong("invalid_value", "A value is a text, a number, true, false, null or a date.")


def _text_or_moment(value: str, zone: tzinfo) -> Scalar:
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
        if _TIME.fullmatch(value):
            return _moment(datetime.fromisoformat(value), zone)
    except ValueError:
        raise _Wrong("invalid_date", f"{value[:50]!r} is no date that there is.") from None
    return _plain_text(value)


def _moment(value: date | datetime, zone: tzinfo) -> date | datetime:
    if not isinstance(value, datetime):
        return value
    try:
        return in_utc(value, zone)
    except NoDate:
        raise _Wrong("invalid_date", "The time lies beyond the years 1 to 9999.") from None


def _plain_text(value: str) -> str:
    if len(value) > MAX_TEXT or _CONTROL.search(value):
        raise _Wrong("invalid_value", f"A text has at most {MAX_TEXT} characters and no control characters.")
    return value


def _like_pattern(value: object) -> str:
    if not isinstance(value, str) or (len(value) - len(value.rstrip("\\"))) % 2:
        raise _Wrong("invalid_value", "like needs a text; % stands for any text, _ for one character, \\ quotes them.")
    return _plain_text(value)


def _escaped(part: object) -> str:
    return str(part)[:200].replace("~", "~0").replace("/", "~1")
