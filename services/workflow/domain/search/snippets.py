"""The piece of a text that shows why it was found, and where in it the words stand. Plain text, never markup."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from services.workflow.domain.search.words import words

MAX_SNIPPET = 200
_LEAD = 40


@dataclass(frozen=True, slots=True)
class Highlight:
    """`length` characters from `offset` in the shown text of `field`."""

    field: str
    offset: int
    length: int


def snippet(body: str, matched: Collection[str]) -> str:
    """At most 200 characters of a text, white space made plain, around the first word of `matched`."""
    text = " ".join(body.split())
    if len(text) <= MAX_SNIPPET:
        return text
    first = next((offset for offset, _length in _places(text, matched)), 0)
    start = 0 if first <= _LEAD else text.find(" ", first - _LEAD, first) + 1 or first
    cut = text[start : start + MAX_SNIPPET]
    is_cut_inside = start + MAX_SNIPPET < len(text) and not text[start + MAX_SNIPPET].isspace()
    return cut.rsplit(" ", 1)[0] if is_cut_inside and " " in cut else cut


def highlights(field: str, shown: str, matched: Collection[str]) -> list[Highlight]:
    """Where words of `matched` (normalised) stand in a shown text, in order."""
    return [Highlight(field, offset, length) for offset, length in _places(shown, matched)]


def _places(shown: str, matched: Collection[str]) -> Iterator[tuple[int, int]]:
    """Runs of the shown text between white space and punctuation whose words include a matched one."""
    start = None
    for offset, char in enumerate([*shown, " "]):
        if _separates(char):
            if start is not None and any(word in matched for word in words(shown[start:offset])):
                yield start, offset - start
            start = None
        elif start is None:
            start = offset


def _separates(char: str) -> bool:
    return char.isspace() or (char.isascii() and not char.isalnum())
