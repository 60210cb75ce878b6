"""Text becomes words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.domain.search.query import MAX_WORDS, parse
from services.workflow.domain.search.words import MAX_WORD, normalise, words

TEXT = st.text(max_size=80)


@pytest.mark.parametrize("nothing", [None, "", " \t\n ", "\u202e\u0000"])
def test_nothing_stays_nothing(nothing: str | None) -> None:
    assert normalise(nothing) == ""
    assert words(nothing) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Pump\tNo. 7 ", "pump no. 7"),
        ("Ｐｕｍｐ ﬁlter", "pump filter"),
        ("STRAßE Crème Łódź Søren", "strasse creme lodz soren"),
        ("a\u202eb\u0000c\u00add", "abcd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O'Brien & sons #5", ["o", "brien", "sons", "5"]),
        ("a--b/c_d", ["a", "b", "c", "d"]),
        ("TCK-2026-000123", ["tck", "2026", "000123"]),
        ("東京都 x", ["東京", "京都", "x"]),
        ("水 pump水道管", ["水", "pump", "水道", "道管"]),
        ("😀 up", ["up"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(TEXT)
def test_words_are_short_and_hold_no_separator(text: str) -> None:
    for word in words(text):
        assert 1 <= len(word) <= MAX_WORD
        assert not any(char.isspace() or unicodedata.category(char) in ("Cc", "Po", "Sm") for char in word)


@given(TEXT, TEXT)
def test_neighbours_of_a_separator_are_words_of_their_own(left: str, right: str) -> None:
    assert words(f"{left} ; {right}") == words(left) + words(right)


def test_balanced_quotes_make_words_exact_and_a_single_one_separates() -> None:
    quoted = {one.word: one.typos for one in parse('"boiler room" valves').words}
    assert quoted == {"boiler": 0, "room": 0, "valves": 1}
    assert [one.typos for one in parse('"boiler room').words] == [1, 1]
    assert [(one.word, one.is_prefix) for one in parse('pump "oil"').words] == [("pump", False), ("oil", False)]


def test_the_last_word_is_a_beginning_from_two_characters_on() -> None:
    assert [one.is_prefix for one in parse("pump oi").words] == [False, True]
    assert [one.is_prefix for one in parse("pump o").words] == [False, False]


def test_at_most_32_distinct_words_are_used() -> None:
    query = parse(" ".join(f"w{number}" for number in range(40)) + " w1 w2")
    assert len(query.words) == MAX_WORDS
    assert query.left_out == 8


@given(st.text(max_size=500), st.booleans())
def test_every_text_is_a_query(text: str, fuzzy: bool) -> None:
    query = parse(text, fuzzy=fuzzy)
    assert len({one.word for one in query.words}) == len(query.words) <= MAX_WORDS
    assert fuzzy or not any(one.typos for one in query.words)
