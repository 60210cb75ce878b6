"""Text becomes words: NFKC, case folding, no accents; letters and digits make words, everything else separates.

There are no stop words and there is no stemming. Scripts that put no spaces between words become pairs of characters
(and single ones, so that one character alone is found as well).
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal

MAX_WORD = 64

_JOINERS = "\u200c\u200d"
# Letters with a stroke have no decomposition that an accent could be taken from.
_STROKES = str.maketrans("øđłħŧ", "odlht")
# Marks that decorate any script. Marks that belong to one script (vowel signs of Devanagari) are part of the word.
_ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)

_Kind = Literal["letter", "spaceless", "other"]


def normalise(text: str | None) -> str:
    """The form in which texts are compared. None and blank text give an empty one.

    Control and direction characters are dropped (not replaced: what they stood between grows together); white space
    becomes single spaces; joiners stay.
    """
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(char for char in unicodedata.normalize("NFD", folded) if not _is_accent(char))
    kept = "".join(char for char in plain if char.isspace() or not _is_dropped(char))
    return " ".join(unicodedata.normalize("NFKC", kept.translate(_STROKES)).split())


def words(text: str | None) -> list[str]:
    """The words of a text in order, repeated ones included; each at most 64 characters."""
    return list(_split(normalise(text)))


def is_spaceless(word: str) -> bool:
    """Whether the word is a piece of a script without spaces."""
    return _kind(word[0]) == "spaceless"


def _split(text: str) -> Iterator[str]:
    for kind, run in groupby(text, _kind):
        piece = "".join(run)
        if kind == "letter":
            if piece := piece.strip(_JOINERS):
                yield piece[:MAX_WORD]
        elif kind == "spaceless":
            yield from ("".join(pair) for pair in pairwise(piece)) if len(piece) > 1 else piece


@lru_cache(maxsize=4096)
def _kind(char: str) -> _Kind:
    if any(low <= ord(char) <= high for low, high in _SPACELESS):
        return "spaceless" if unicodedata.category(char)[0] in "LMN" else "other"
    return "letter" if char.isalnum() or char in _JOINERS or unicodedata.category(char)[0] == "M" else "other"


@lru_cache(maxsize=4096)
def _is_accent(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _ACCENTS)


@lru_cache(maxsize=4096)
def _is_dropped(char: str) -> bool:
    """Control characters and format characters (direction overrides, soft hyphens), joiners excepted."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _JOINERS
