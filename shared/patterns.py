"""Patterns that users write, matched in time linear in the text (RE2), whatever the pattern.

The syntax is that of RE2 without `\\C` (one byte): no back-references and no look-around, which cannot be matched in
linear time. The reference documents what there is.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2

MAX_LENGTH = 200
# Enough for every sensible pattern of that length; what needs more is refused when it is compiled.
MAX_BYTES = 2**20


class InvalidPattern(ValueError):
    """The text is no pattern, or none that can be matched in linear time; the message says what is wrong."""


class Pattern:
    """A compiled pattern, asked only whether a whole text matches.

    Below the face that looks like the standard library's: that one makes a match object with all its groups, which
    takes ten times as long as matching.
    """

    def __init__(self, compiled: Any) -> None:
        self._match = compiled._regexp.Match

    def matches(self, text: str) -> bool:
        return self.matches_each([text])[0]

    def matches_each(self, texts: Iterable[str]) -> list[bool]:
        match, whole, nowhere = self._match, _WHOLE, _NOWHERE
        return [match(whole, text, 0, len(text))[0] != nowhere for text in map(str.encode, texts)]


_WHOLE = re2._re2.RE2.Anchor.ANCHOR_BOTH
_NOWHERE = (-1, -1)


@lru_cache(maxsize=512)
def compile_pattern(text: str) -> Pattern:
    """Raises InvalidPattern."""
    if not text or len(text) > MAX_LENGTH:
        raise InvalidPattern(f"A pattern has 1 to {MAX_LENGTH} characters.")
    if re.search(r"(?<!\\)(?:\\\\)*\\C", text):
        raise InvalidPattern(r"\C is not supported.")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_BYTES
    try:
        return Pattern(re2.compile(text, options))
    except re2.error as failure:
        raise InvalidPattern(_reason(failure)) from failure


def matches_whole(pattern: str, text: str) -> bool:
    """Whether the whole text matches. Raises InvalidPattern."""
    return compile_pattern(pattern).matches(text)


def _reason(failure: Exception) -> str:
    (message,) = failure.args or ("not a pattern",)
    told = message.decode(errors="replace") if isinstance(message, bytes) else str(message)
    return f"This is not a pattern of the supported syntax: {told}."
