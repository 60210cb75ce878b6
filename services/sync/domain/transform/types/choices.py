"""Values out of a few: yes and no, and the words of an enumeration."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.sync.domain.transform.types.reading import FieldType, OptionRefused, Read, Unreadable, Wish, shown
from services.sync.domain.transform.types.texts import as_text

_WORDS = dict.fromkeys(("true", "1", "yes", "y", "t", "ja", "j"), True) | dict.fromkeys(
    ("false", "0", "no", "n", "f", "nein", ""), False
)


def as_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        found = _WORDS.get(value.strip().lower())
    else:
        is_number = isinstance(value, int | float) or (isinstance(value, Decimal) and value.is_finite())
        found = bool(value) if is_number and value in (0, 1) else None
    if found is None:
        raise Unreadable("invalid_boolean", f"{shown(value)} is neither true nor false.")
    return found


def _enum_reader(wish: Wish) -> Read:
    given = wish.options.get("values")
    if not isinstance(given, Mapping) or not given:
        raise OptionRefused("values", "values maps what the source says to what is stored.")
    known = {as_text(source): target for source, target in given.items()}

    def read(value: Any) -> Any:
        text = as_text(value)
        if text not in known:
            raise Unreadable("unknown_value", f"{shown(text)} is none of {', '.join(known)}.")
        return known[text]

    return read


BOOLEAN = FieldType("boolean", lambda _wish: as_boolean, kept=frozenset({bool}))
ENUM = FieldType("enum", _enum_reader, "reject", frozenset({"values"}))
