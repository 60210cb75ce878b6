"""Messages of rules, with the values of the row that breaks the rule."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from services.validation.domain.rules.definition import Rule
from services.validation.domain.rules.expressions.trees import Apply, Field, Literal

_PLACE: Final = re.compile(r"\{(field|value|min|max|other)\}")
LONGEST_VALUE: Final = 200
_WHOLE: Final = frozenset({int, float, bool, type(None)})

# What stands for {value} and the fields of the row that a message names.
Read = Callable[[str], Any]


def message_of(rule: Rule) -> Callable[[Any, Read], str]:
    """Makes the message of one row from the value that breaks the rule and a way to read its other fields.

    Anything else in braces stays as it is.
    """
    parts = _PLACE.split(rule.message)
    if len(parts) == 1:
        return lambda _value, _read: rule.message
    fixed = {name: printed(_constant(bound)) for name, bound in rule.bounds.items() if not isinstance(bound, Field)}
    fixed["field"] = ", ".join(rule.fields) or "the record"
    fields = {name: bound.name for name, bound in rule.bounds.items() if isinstance(bound, Field)}
    # What every row has alike is filled in once; `asked` is None for the value itself.
    asked: list[str | None] = []
    form = ""
    for place, part in enumerate(parts):
        if place % 2 and (part == "value" or part in fields):
            form += "%s"
            asked.append(fields.get(part))
        else:
            form += (fixed.get(part, f"{{{part}}}") if place % 2 else part).replace("%", "%%")

    if not asked:
        alike = form % ()
        return lambda _value, _read: alike

    def make(value: Any, read: Read) -> str:
        return form % tuple([printed(value if name is None else read(name)) for name in asked])

    return make


def _constant(bound: Any) -> Any:
    return bound.value if isinstance(bound, Literal) else bound if not isinstance(bound, Apply) else ""


def printed(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    if type(value) is str and len(value) <= LONGEST_VALUE:
        return value
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = json.dumps(value, default=str) if isinstance(value, Mapping | list) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def shown(value: Any) -> Any:
    """A value as it goes into an answer: as it was, texts and what is no single value cut at LONGEST_VALUE."""
    if type(value) in _WHOLE:
        return value
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    if isinstance(value, Mapping | list):
        return json.dumps(value, default=str)[:LONGEST_VALUE]
    return value
