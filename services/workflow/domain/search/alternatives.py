"""Which known words a query's word may stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.workflow.domain.search.query import Wanted
from services.workflow.domain.search.ranking import word_quality
from services.workflow.domain.search.typos import distance

MAX_ALTERNATIVES = 50


@dataclass(frozen=True, slots=True)
class Alternative:
    """A known word, the edits that lead to it, and how well it answers (0..1)."""

    word: str
    edits: int
    quality: float


def alternatives(wanted: Wanted, known: Mapping[str, int]) -> list[Alternative]:
    """The word itself, words that it begins, and its neighbours among `known` (word to frequency): at most 50,
    the nearest and most frequent first. The word itself counts even if nobody knows it."""
    found = {wanted.word: Alternative(wanted.word, 0, 1.0)} | {
        alternative.word: alternative for alternative in _of(wanted, known) if alternative.word != wanted.word
    }
    return sorted(
        found.values(), key=lambda one: (one.edits, one.word != wanted.word, -known.get(one.word, 0), one.word)
    )[:MAX_ALTERNATIVES]


def _of(wanted: Wanted, known: Iterable[str]) -> Iterable[Alternative]:
    for word in known:
        if wanted.is_prefix and word.startswith(wanted.word):
            quality = word_quality(len(wanted.word), len(word), edits=0, is_beginning=True)
            yield Alternative(word, 0, quality)
        elif wanted.typos and not any(char.isnumeric() for char in word):
            edits = distance(wanted.word, word, wanted.typos)
            if edits is not None:
                yield Alternative(word, edits, word_quality(len(wanted.word), len(word), edits=edits))
