"""SQL's LIKE, in time that grows with text times pattern only, whatever a user writes."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple


class _Piece(NamedTuple):
    """What stands between two % signs: a regular expression that matches texts of one length only."""

    regex: re.Pattern[str]
    length: int


def like(pattern: str) -> Callable[[Any], bool]:
    """Whether the whole text is like the pattern; upper and lower case are told apart."""
    first, *inner = _pieces(pattern)
    if not inner:
        return lambda found: first.regex.fullmatch(_text(found)) is not None
    *middle, last = inner

    def met(found: Any) -> bool:
        text = _text(found)
        end = len(text) - last.length
        if end < first.length or not first.regex.match(text) or not last.regex.fullmatch(text, end):
            return False
        at = first.length
        for piece in middle:  # if it fits at all, it fits at the leftmost place
            match = piece.regex.search(text, at, end)
            if match is None:
                return False
            at = match.end()
        return True

    return met


def _pieces(pattern: str) -> list[_Piece]:
    pieces: list[list[str]] = [[]]
    quoted = False
    for sign in pattern:
        if quoted or sign not in "\\%_":
            pieces[-1].append(re.escape(sign))
            quoted = False
        elif sign == "\\":
            quoted = True
        elif sign == "%":
            pieces.append([])
        else:
            pieces[-1].append(".")
    return [_Piece(re.compile("".join(piece), re.DOTALL), len(piece)) for piece in pieces]


def _text(found: Any) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return format(found, "f") if isinstance(found, Decimal) else str(found)
