"""Columns as the text that COPY reads: column by column, because a column is mostly of one kind. One value has one
text, so that equal texts are equal rows."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import msgspec

NULL = "\\N"
_NONE = type(None)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_as_json = msgspec.json.Encoder(decimal_format="number", order="sorted").encode
# Kinds whose text needs no escape.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    int: str,
    float: str,
    Decimal: str,
    UUID: str,
    bool: {True: "t", False: "f"}.__getitem__,
    date: date.isoformat,
    datetime: lambda moment: (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(),
    time: time.isoformat,
}


def lines(texts: Sequence[Sequence[str]]) -> list[str]:
    """The rows that columns of one length make, without their ends."""
    return list(map("\t".join, zip(*texts, strict=True)))


def json_texts(values: Sequence[Any]) -> list[str | None]:
    return [None if value is None else _as_json(value).decode() for value in values]


def fixed(texts: Sequence[str], scale: int) -> Sequence[str]:
    """Numbers as a column of that scale keeps them; what is no number is left to the database to refuse."""
    fraction = rf"\.\d{{{scale}}}" if scale else ""
    if re.fullmatch(rf"(?:(?:-?\d+{fraction}|\\N)\n)*+", "\n".join([*texts, ""])):
        return texts
    step = Decimal(1).scaleb(-scale)
    return [text if text == NULL else _fixed(text, step) for text in texts]


def _fixed(text: str, step: Decimal) -> str:
    try:
        return f"{Decimal(text).quantize(step, ROUND_HALF_UP) or abs(step * 0):f}"
    except InvalidOperation:
        return text


def texts(values: Sequence[Any]) -> Sequence[str]:
    """Of the values of a column. Raises TypeError for a value of a kind that no column has."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return values if _is_plain("".join(values)) else [text.translate(_ESCAPES) for text in values]
    if kinds == {str, _NONE}:
        return [NULL if text is None else text.translate(_ESCAPES) for text in values]
    if kinds == {_NONE}:
        return [NULL] * len(values)
    if kinds == {datetime} and {moment.tzinfo for moment in values} == {UTC}:
        return list(map(datetime.isoformat, values))
    if len(kinds) == 1 and (write := _WRITTEN.get(*kinds)) is not None:
        return list(map(write, values))
    return list(map(_text, values))


def _is_plain(text: str) -> bool:
    return "\\" not in text and "\t" not in text and "\n" not in text and "\r" not in text


def _text(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    write = _WRITTEN.get(type(value))
    if write is None:
        raise TypeError(f"a column cannot hold a {type(value).__name__}")
    return write(value)
