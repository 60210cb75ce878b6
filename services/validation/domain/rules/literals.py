"""Values that stand in a definition, brought to the type of the field that they are compared with."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from services.validation.domain.rules.expressions.building import FIELD_DIGITS
from services.validation.domain.rules.expressions.trees import Literal
from services.validation.domain.rules.members import exact
from services.validation.domain.rules.types import Type

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_BIGGEST: Final = Decimal(10) ** FIELD_DIGITS


def literal(value: Any, kind: Type) -> Literal | None:
    """None where the value is not of that type."""
    value = exact(value)
    if isinstance(value, bool):
        return Literal(value, Type.BOOLEAN) if kind is Type.BOOLEAN else None
    if isinstance(value, int | Decimal):
        if kind.family is not Type.DECIMAL or not fits(value):
            return None
        return Literal(value, Type.INTEGER if isinstance(value, int) else Type.DECIMAL)
    if not isinstance(value, str):
        return None
    if kind is Type.TEXT:
        return None if "\0" in value else Literal(value, Type.TEXT)
    if kind is Type.DATE:
        found = read_date(value)
        return None if found is None else Literal(found, Type.DATE)
    if kind is Type.DATETIME:
        moment = read_moment(value)
        return None if moment is None else Literal(moment, Type.DATETIME)
    return None


def fits(number: int | Decimal) -> bool:
    """Whether the number has at most FIELD_DIGITS digits before and as many behind the point."""
    if not -_BIGGEST < number < _BIGGEST:
        return False
    if isinstance(number, int):
        return True
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -FIELD_DIGITS


def read_date(text: str) -> date | None:
    """2024-01-31 and nothing else."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """A moment of RFC 3339, in UTC."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
