"""One condition on a field, as it is meant; the writings of it that users know are read in `reading`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from services.sync.domain.dates import first_second, last_second

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "like"]
Scalar = str | int | Decimal | bool | date | datetime | None
Value = Scalar | tuple[Scalar, ...]

SIGNS = {"eq": "=", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is a tuple for `in`; a plain date means its whole day in UTC, a datetime is in UTC.

    `cursor` marks what a run asks of the cursor field: rows without a value there are let through, so that the run can
    decide on them.
    """

    field: str
    operator: Operator
    value: Value
    cursor: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The condition that a moment lies from `low` to `high` (both included; `outside` turns it round).

    `above` and `below` are bounds that are not themselves included. None is no bound.
    """

    low: datetime | None = None
    high: datetime | None = None
    above: datetime | None = None
    below: datetime | None = None
    outside: bool = False


def is_moment(value: object) -> bool:
    return isinstance(value, date)


def span(operator: Operator, value: date) -> Span:
    """What a condition with a date or a time means in points of time; `operator` is none of `in` and `like`."""
    if isinstance(value, datetime):
        first = last = value
    else:
        first, last = first_second(value), last_second(value)
    match operator:
        case "gte":
            return Span(low=first)
        case "gt":
            return Span(above=last)
        case "lte":
            return Span(high=last)
        case "lt":
            return Span(below=first)
        case _:
            return Span(low=first, high=last, outside=operator == "ne")


def bounds(meant: Span) -> list[tuple[str, datetime]]:
    """The signs and points of time that a span which is not turned round consists of."""
    given = ((">=", meant.low), ("<=", meant.high), (">", meant.above), ("<", meant.below))
    return [(sign, bound) for sign, bound in given if bound is not None]


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
