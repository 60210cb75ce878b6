"""Text to tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.validation.domain.rules.expressions.faults import MAX_LENGTH, InvalidExpression

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | "(?P<quoted>[^"\x00-\x1f]+)"
    | (?P<text>'(?:[^'\x00]|'')*')
    | (?P<sign><=|>=|!=|<|>|=|\+|-|\*|/|%|\(|\)|,)
    """,
    re.VERBOSE,
)
KEYWORDS: Final = frozenset({"and", "or", "not", "in", "between", "is", "null", "true", "false", "date"})
# People who paste from a document write these.
_ALIKE: Final = str.maketrans({"−": "-"})


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, name, quoted (a field's name), text, sign, keyword or end; `text` is what stands for it."""

    kind: str
    text: str
    position: int


def tokens(source: str) -> Iterator[Token]:
    """The tokens with an `end` after them. Raises InvalidExpression."""
    if len(source) > MAX_LENGTH:
        raise InvalidExpression(f"An expression has at most {MAX_LENGTH} characters.", MAX_LENGTH + 1)
    place = 0
    while place < len(source):
        found = _TOKEN.match(source, place) or _TOKEN.match(source[place].translate(_ALIKE))
        if found is None:
            raise InvalidExpression(f"{source[place]!r} is no part of the language.", place + 1)
        kind = found.lastgroup or ""
        if kind != "space":
            yield _token(kind, found[kind], place + 1)
        place += found.end() - found.start()
    yield Token("end", "", len(source) + 1)


def _token(kind: str, text: str, position: int) -> Token:
    if kind == "name" and text.lower() in KEYWORDS:
        return Token("keyword", text.lower(), position)
    if kind == "text":
        return Token(kind, text[1:-1].replace("''", "'"), position)
    return Token(kind, text, position)
