"""Patterns of users: linear time, whole texts, clear refusals."""

import pytest

from shared.patterns import InvalidPattern, compile_pattern, matches_whole


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[A-Z]{2}", "AB", "ABC"),
        ("a|ab", "ab", "abb"),
        ("^x$", "x", "xx"),
        ("(?i)nike", "NiKe", "NIKES"),
        (r"\p{L}+", "Ärger", "Ärger1"),
        (r"\d+", "123", "١٢٣"),
        (r"\\C", r"\C", "C"),
    ],
)
def test_the_whole_text_matches(pattern: str, good: str, bad: str) -> None:
    assert matches_whole(pattern, good)
    assert not matches_whole(pattern, bad)


@pytest.mark.parametrize(
    "pattern", ["", "x" * 201, "(", "[a", "*a", r"(a)\1", "(?=a)", "(?<!a)b", "(a{1000}){1000}", r"\C", r"a\\\C"]
)
def test_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(InvalidPattern, match=r"\w"):
        compile_pattern(pattern)


def test_what_would_take_others_for_ever_is_answered() -> None:
    assert not matches_whole("(a+)+b", "a" * 50_000)
