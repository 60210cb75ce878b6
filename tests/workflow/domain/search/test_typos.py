"""Words within a few edits, and that their variants find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.search.alternatives import MAX_ALTERNATIVES, alternatives
from services.workflow.domain.search.query import Wanted
from services.workflow.domain.search.typos import (
    PREFIX,
    allowed_typos,
    deletions,
    distance,
    variants_of_known,
    variants_of_query,
)

WORD = st.text("abcd", min_size=0, max_size=9)
LONG = st.text("abcdefgh", min_size=3, max_size=14)


def plain_distance(first: str, second: str) -> int:
    """Optimal string alignment by its definition."""
    rows = [[i + j if not i * j else 0 for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            change = rows[i - 1][j - 1] + (first[i - 1] != second[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
            if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@st.composite
def misspelt(draw: st.DrawFn, edits: int) -> tuple[str, str]:
    """A word and what up to so many edits made of it, the first letter included."""
    word = changed = draw(LONG)
    for _ in range(draw(st.integers(0, edits))):
        at, letter = draw(st.integers(0, len(changed) - 1)), draw(st.sampled_from("abcdefgh"))
        kind = draw(st.integers(0, 3))
        if kind == 3 and at + 1 < len(changed):
            changed = changed[:at] + changed[at + 1] + changed[at] + changed[at + 2 :]
        elif kind == 2:
            changed = changed[:at] + letter + changed[at + 1 :]
        elif kind == 1 and len(changed) > 3:
            changed = changed[:at] + changed[at + 1 :]
        else:
            changed = changed[:at] + letter + changed[at:]
    return word, changed


@given(WORD, WORD, st.integers(0, 3))
def test_the_distance_is_that_of_the_definition(first: str, second: str, limit: int) -> None:
    true = plain_distance(first, second)
    assert distance(first, second, limit) == (true if true <= limit else None)


@given(WORD, WORD)
def test_the_distance_is_the_same_both_ways(first: str, second: str) -> None:
    assert distance(first, second, 2) == distance(second, first, 2)


@pytest.mark.parametrize(
    ("word", "typos"),
    [("abc", 0), ("pump", 1), ("boilers", 1), ("elevator", 2), ("a1234567", 0), ("wo12", 0), ("東京", 0)],
)
def test_how_many_edits_are_allowed(word: str, typos: int) -> None:
    assert allowed_typos(word) == typos


@given(misspelt(2))
def test_variants_find_every_word_within_the_allowed_distance(pair: tuple[str, str]) -> None:
    known, typed = pair
    allowed = allowed_typos(typed)
    if allowed and distance(typed, known, allowed) is not None:
        assert variants_of_query(typed) & variants_of_known(known)


@given(LONG)
def test_a_word_has_few_variants(word: str) -> None:
    assert len(variants_of_known(word)) <= 1 + PREFIX + PREFIX * (PREFIX - 1) // 2
    assert all(len(variant) >= min(len(word), PREFIX) - 2 for variant in variants_of_known(word))


def test_deletions() -> None:
    assert deletions("abc", 1) == {"abc", "ab", "ac", "bc"}


@given(st.dictionaries(LONG, st.integers(0, 9), max_size=80), LONG)
def test_alternatives_are_few_and_the_nearest_and_most_frequent_first(known: dict[str, int], typed: str) -> None:
    found = alternatives(Wanted(typed, allowed_typos(typed)), known)
    assert found[0].word == typed
    assert len(found) <= MAX_ALTERNATIVES
    rest = [(one.edits, -known[one.word]) for one in found[1:]]
    assert rest == sorted(rest)


def test_a_beginning_is_no_typo_but_answers_less_well() -> None:
    exact, longer = alternatives(Wanted("pump", 0, is_prefix=True), {"pump": 3, "pumps": 2, "dump": 9})
    assert (exact.word, exact.edits, exact.quality) == ("pump", 0, 1.0)
    assert (longer.word, longer.edits) == ("pumps", 0)
    assert longer.quality < 1
