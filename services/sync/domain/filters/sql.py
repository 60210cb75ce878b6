"""Conditions as the WHERE of a query to PostgreSQL, every value bound.

A condition that the database would compare in another way than Python does is left to `remaining`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any, Literal

from services.sync.domain.filters.conditions import SIGNS, Condition, Span, bounds, span

ColumnKind = Literal["number", "text", "boolean", "timestamptz", "timestamp", "date"]


@dataclass(frozen=True, slots=True)
class Where:
    """`text` with %s for each of `values` (empty: nothing to ask); `remaining` are looked at in Python."""

    text: str
    values: list[Any]
    remaining: list[Condition] = field(default_factory=list)


def where(conditions: Iterable[Condition], columns: Mapping[str, ColumnKind | None], *, zone: tzinfo) -> Where:
    """The condition of a SELECT; `columns` are the columns of the table with what kind of values each holds."""
    texts, values, remaining = [], [], []
    for condition in conditions:
        kind = columns.get(condition.field)
        said = None if kind is None else _said(condition, kind, str(zone))
        if said is None:
            remaining.append(condition)
        else:
            texts.append(said[0])
            values.extend(said[1])
    return Where(" and ".join(texts), values, remaining)


def _said(condition: Condition, kind: ColumnKind, zone: str) -> tuple[str, list[Any]] | None:
    name, value = f'"{condition.field}"', condition.value
    if value is None:
        return f"{name} is {'' if condition.operator == 'eq' else 'not '}null", []
    if isinstance(value, tuple):
        found = [_compared(Condition(condition.field, "eq", each), kind, zone) for each in value]
        parts = [part for part in found if part is not None]
        if len(parts) < len(found):
            return None
        said = f"({' or '.join(text for text, _ in parts)})", [value for _, values in parts for value in values]
    else:
        compared = _compared(condition, kind, zone)
        if compared is None:
            return None
        said = compared
    if not condition.cursor:
        return said
    empty = f" or {name} = ''" if kind == "text" else ""
    return f"({said[0]} or {name} is null{empty})", said[1]


def _compared(condition: Condition, kind: ColumnKind, zone: str) -> tuple[str, list[Any]] | None:
    """Only where the database compares as Python does; texts that hold numbers or dates are left to Python."""
    name, value, operator = f'"{condition.field}"', condition.value, condition.operator
    if operator == "like":
        return (f"{name} like %s", [value]) if kind == "text" else None
    if isinstance(value, date) and kind in ("timestamptz", "timestamp", "date"):
        column = {"timestamptz": name, "timestamp": f"({name} at time zone %s)"}.get(
            kind, f"({name}::timestamp at time zone 'UTC')"
        )
        return _span(column, span(operator, value), [zone] if kind == "timestamp" else [])
    if isinstance(value, bool):
        return (f"{name} {SIGNS[operator]} %s", [value]) if kind == "boolean" else None
    if isinstance(value, int | Decimal) and kind == "number":
        return f"{name} {SIGNS[operator]} %s", [Decimal(value)]
    if isinstance(value, str) and kind == "text":
        ordered = "" if operator in ("eq", "ne") else ' collate "C"'
        return f"{name}{ordered} {SIGNS[operator]} %s", [value]
    return None


def _span(column: str, meant: Span, zone: list[str]) -> tuple[str, list[Any]]:
    if meant.outside:
        return f"({column} < %s or {column} > %s)", [*zone, meant.low, *zone, meant.high]
    said = [(f"{column} {sign} %s", [*zone, bound]) for sign, bound in bounds(meant)]
    return " and ".join(text for text, _ in said), [value for _, values in said for value in values]
