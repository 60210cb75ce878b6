"""Conditions as the text of 4D's `$filter`.

What the language has no words for is asked more loosely; who reads the source looks at the rows again (`evaluating`).
A quote inside a text is doubled, so no value can change the query.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from services.sync.domain.filters.conditions import SIGNS, Condition, Scalar, Span, bounds, is_moment, rfc3339, span


def legacy_filter(conditions: Iterable[Condition]) -> str:
    """The text of `$filter`, not yet percent-encoded; empty without conditions.

    Its equality takes `@` for any text and knows no sign for one character, so it may let more rows through.
    """
    return " and ".join(text for condition in conditions if (text := _said(condition)))


def _said(condition: Condition) -> str:
    name, value = condition.field, condition.value
    if isinstance(value, tuple):
        return _any_of(name, value)
    if isinstance(value, date):
        text = _span(name, span(condition.operator, value))
    elif condition.operator == "like":
        # Everything before the first sign that the language does not have.
        start = _plain_start(str(value))
        text = f"{name} = {_literal(start + '@')}" if start else ""
    elif condition.operator == "ne" and isinstance(value, str) and "@" in value:
        text = ""  # it would leave out more than is meant
    else:
        text = f"{name} {SIGNS[condition.operator]} {_literal(value)}"
    return f"({text} or {name} = null)" if condition.cursor and text else text


def _any_of(name: str, values: Sequence[Scalar]) -> str:
    if not any(is_moment(value) for value in values):
        return f"{name} in ({', '.join(_literal(value) for value in values)})"
    return f"({' or '.join(_said(Condition(name, 'eq', value)) for value in values)})"


def _span(name: str, meant: Span) -> str:
    if meant.outside:
        return f"({name} < {_literal(meant.low)} or {name} > {_literal(meant.high)})"
    said = [f"{name} {sign} {_literal(bound)}" for sign, bound in bounds(meant)]
    return said[0] if len(said) == 1 else f"({' and '.join(said)})"


def _literal(value: Scalar) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case datetime():
            return f"'{rfc3339(value)}'"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def _plain_start(pattern: str) -> str:
    for at, sign in enumerate(pattern):
        if sign in "%_\\@":
            return pattern[:at]
    return pattern
