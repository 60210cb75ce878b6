"""What a person typed becomes at most 32 words, each with how it may match."""

from dataclasses import dataclass

from services.workflow.domain.search.typos import allowed_typos
from services.workflow.domain.search.words import normalise, words

MAX_WORDS = 32
PREFIX_FROM = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word of a query. `typos` is the number of edits allowed; a prefix also finds longer words."""

    word: str
    typos: int = 0
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """`text` is the normalised query, quotes removed, as it is compared with titles."""

    text: str
    words: tuple[Wanted, ...]
    left_out: int = 0


def parse(typed: str, *, fuzzy: bool = True) -> Query:
    """Words between balanced double quotes are exact; the last word may also be the beginning of a longer one.

    There is no other operator: every character that is no letter or digit separates words.
    """
    exactness: dict[str, bool] = {}
    last: str | None = None
    for piece, is_exact in _pieces(normalise(typed)):
        for word in words(piece):
            exactness[word] = exactness.get(word, False) or is_exact
            last = word
    used = list(exactness)[:MAX_WORDS]
    wanted = [_wanted(word, exact=exactness[word], fuzzy=fuzzy, is_last=word == last) for word in used]
    return Query(" ".join(words(typed)), tuple(wanted), len(exactness) - len(used))


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The text between quotes and outside of them; a quote without its partner only separates."""
    parts = text.split('"')
    balanced = len(parts) if len(parts) % 2 else len(parts) - 1
    return [(part, number % 2 == 1 and number < balanced) for number, part in enumerate(parts)]


def _wanted(word: str, *, exact: bool, fuzzy: bool, is_last: bool) -> Wanted:
    if exact:
        return Wanted(word)
    return Wanted(word, allowed_typos(word) if fuzzy else 0, is_last and len(word) >= PREFIX_FROM)
