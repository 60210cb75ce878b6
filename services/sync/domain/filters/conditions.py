"""One condition on a field, as it is meant."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "like"]
Value = str | int | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is a tuple for `in`; a plain date means its whole day in UTC, a datetime has a zone.

    `cursor` marks what a run asks of the cursor field: rows without a value there are let through, so that the run can
    decide on them.
    """

    field: str
    operator: Operator
    value: Value | tuple[Value, ...]
    cursor: bool = False
