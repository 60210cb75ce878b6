"""Texts: trimmed, composed (NFC), without U+0000."""

import json
import re
import uuid
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from unicodedata import is_normalized, normalize

from services.sync.domain.transform.types.reading import (
    FieldType,
    OptionRefused,
    Read,
    ReadAll,
    Unreadable,
    Wish,
    shown,
)

_STRINGS = frozenset({str, type(None)})
_WHOLE = frozenset({int, type(None)})
_SEPARATORS = re.compile(r"[,;\s]+")
# Beyond this many digits a number is a mistake or an attack: 1e999999999 would be written out.
_MAX_EXPONENT = 200


def plain_number(number: Decimal | float | int) -> str:
    """Decimal text without exponent and without zeros that say nothing: 10.0 is 10. Raises Unreadable."""
    if isinstance(number, int):
        return str(number)
    exact = Decimal(repr(number)) if isinstance(number, float) else number
    if not exact.is_finite() or abs(exact.adjusted()) > _MAX_EXPONENT:
        raise Unreadable("invalid_number", f"{shown(number)} cannot be written as a number.")
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def clean(text: str) -> str:
    """Raises Unreadable."""
    if "\x00" in text:
        raise Unreadable("nul_character", "The text contains the character U+0000.")
    trimmed = text.strip()
    return trimmed if trimmed.isascii() or is_normalized("NFC", trimmed) else normalize("NFC", trimmed)


def as_text(value: Any) -> str:
    """Raises Unreadable for what has no plain text, such as an object."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return plain_number(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise Unreadable("invalid_text", "A list or an object is no text.")


def _text_reader(wish: Wish) -> Read:
    longest = _max_length(wish)
    if longest is None:
        return as_text

    def read(value: Any) -> str:
        text = as_text(value)
        if len(text) > longest:
            raise Unreadable("too_long", f"The text has {len(text)} characters, {longest} are allowed.")
        return text

    return read


def _max_length(wish: Wish) -> int | None:
    longest = wish.options.get("max_length")
    if longest is not None and (not isinstance(longest, int) or isinstance(longest, bool) or longest < 1):
        raise OptionRefused("max_length", "max_length is a whole number from 1.")
    return longest


def _text_column(wish: Wish) -> ReadAll:
    longest = _max_length(wish)

    def read(values: list[Any]) -> list[Any] | None:
        kinds = set(map(type, values))
        trimmed: list[Any]
        if kinds == {str}:
            trimmed = list(map(str.strip, values))
        elif kinds <= _STRINGS:
            trimmed = [value and value.strip() for value in values]
        elif kinds <= _WHOLE:
            trimmed = [None if value is None else str(value) for value in values]
        else:
            return None
        everything = "".join(filter(None, trimmed))
        if "\x00" in everything or not (everything.isascii() or is_normalized("NFC", everything)):
            return None
        if longest is not None and max(map(len, filter(None, trimmed)), default=0) > longest:
            return None
        return trimmed

    return read


def _as_uuid(value: Any) -> str:
    try:
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(str(value).strip()))
    except ValueError:
        raise Unreadable("invalid_uuid", f"{shown(value)} is no UUID.") from None


def _as_ids(value: Any) -> str:
    """From a list, or a text with commas, semicolons or blanks between: each id once, as PostgreSQL writes a list."""
    given = _SEPARATORS.split(value) if isinstance(value, str) else value
    if not isinstance(given, list | tuple):
        raise Unreadable("invalid_list", f"{shown(value)} is no list of ids.")
    return f"{{{','.join(dict.fromkeys(_as_uuid(each) for each in given if each != ''))}}}"


def _as_json(value: Any) -> Any:
    if not isinstance(value, str):
        return _storable(value)
    if not value.strip():
        return None
    try:
        return _storable(json.loads(value, parse_float=Decimal, parse_constant=_no_number))
    except (ValueError, RecursionError) as wrong:
        if isinstance(wrong, Unreadable):
            raise
        raise Unreadable("invalid_json", "The text is no JSON.") from None


def _storable(value: Any) -> Any:
    """The value with binary fractions as decimals. Raises Unreadable for what PostgreSQL's jsonb does not take."""
    if isinstance(value, dict):
        return {_storable(str(name)): _storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    if isinstance(value, str) and "\x00" in value:
        raise Unreadable("nul_character", "A text contains the character U+0000.")
    if isinstance(value, float | Decimal):
        return Decimal(plain_number(value))
    if value is None or isinstance(value, str | int):
        return value
    return as_text(value)


def _no_number(name: str) -> None:
    raise ValueError(name)


TEXT = FieldType("text", _text_reader, "reject", frozenset({"max_length"}), fast=_text_column)
UUID = FieldType("uuid", lambda _wish: _as_uuid, "reject")
IDS = FieldType("ids", lambda _wish: _as_ids, "reject")
JSON = FieldType("json", lambda _wish: _as_json, "reject", kept=frozenset({int, bool}))
