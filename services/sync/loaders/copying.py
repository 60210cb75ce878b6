"""Columns as the text that COPY reads: column by column, because a column is mostly of one kind, and in one piece."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

NULL = "\\N"
_NONE = type(None)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_as_json = msgspec.json.Encoder(decimal_format="number").encode
# Kinds whose text needs no escape.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    int: str,
    float: str,
    Decimal: str,
    UUID: str,
    bool: {True: "t", False: "f"}.__getitem__,
    date: date.isoformat,
    datetime: datetime.isoformat,
    time: time.isoformat,
}


def lines(columns: Sequence[Sequence[Any]], *, jsons: frozenset[int] = frozenset()) -> bytes:
    """The rows that columns of one length make; those at the places `jsons` hold JSON. Raises TypeError for a value of
    a kind that no column has."""
    texts = [_texts(json_texts(values) if at in jsons else values) for at, values in enumerate(columns)]
    return ("\n".join(map("\t".join, zip(*texts, strict=True))) + "\n").encode()


def json_texts(values: Sequence[Any]) -> list[str | None]:
    return [None if value is None else _as_json(value).decode() for value in values]


def _texts(values: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, values))
    if kinds == {str}:
        return values if _is_plain("".join(values)) else [text.translate(_ESCAPES) for text in values]
    if kinds == {str, _NONE}:
        return [NULL if text is None else text.translate(_ESCAPES) for text in values]
    if kinds == {_NONE}:
        return [NULL] * len(values)
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
