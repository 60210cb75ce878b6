"""Constraints as pure functions: what each type lets through, and what is wrong with a constraint itself."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.propagation.domain.constraints import KINDS, TYPES, Constraint, problem_of, refusal, violations
from services.propagation.domain.failures import Violation


def matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None


CASES = [
    ("no_spaces", None, "NIKE_AIR", "NIKE AIR"),
    ("no_spaces", None, "", "a\u00a0b"),
    ("lowercase", None, "nike-1", "Nike"),
    ("uppercase", None, "NIKE-1", "NIKe"),
    ("no_uppercase", None, "straße 1", "Ärger"),
    ("no_numbers", None, "NIKE", "NIKE1"),
    ("no_special_chars", None, "Ärger_1", "a-b"),
    ("alphanumeric", None, "Ärger1", "a_b"),
    ("numeric", None, "0815", "1.5"),
    ("min_length", "3", "abc", "ab"),
    ("max_length", "3", "abc", "abcd"),
    ("starts_with", "b_", "b_x", "B_x"),
    ("ends_with", "!", "x!", "x"),
    ("allowed_chars", "ab-", "a-b", "abc"),
    ("allowed_chars", "^-]", "]-^", "a"),
    ("url_safe", None, "a-Z_0.9", "ä"),
    ("url_safe", None, "a", "a/b"),
    ("regex", "[A-Z]{2}\\d+", "AB12", "AB12x"),
    ("regex", "a|ab", "ab", "abb"),
]


@pytest.mark.parametrize(("kind", "value", "good", "bad"), CASES)
def test_each_type(kind: str, value: str | None, good: str, bad: str) -> None:
    constraint = Constraint(kind, value)
    assert problem_of(kind, value) is None
    assert violations([constraint], good, matches) == ()
    (broken,) = violations([constraint], bad, matches)
    assert broken.constraint_type == kind
    assert broken.message


def test_all_types_have_a_case() -> None:
    assert {case[0] for case in CASES} == set(TYPES)


def test_all_failures_are_reported_in_order() -> None:
    rules = [Constraint("max_length", "3", "Too long for us."), Constraint("no_numbers"), Constraint("no_spaces")]
    assert violations(rules, "NIKE 1", matches) == (
        Violation("max_length", "Too long for us."),
        Violation("no_numbers", "Digits are not allowed."),
        Violation("no_spaces", "Spaces are not allowed."),
    )


@pytest.mark.parametrize("kind", [kind for kind, found in KINDS.items() if found.needs_value])
@pytest.mark.parametrize("value", [None, ""])
def test_a_needed_value_is_needed(kind: str, value: str | None) -> None:
    assert problem_of(kind, value)


@pytest.mark.parametrize("value", ["three", "-1", "1.5", "401", "9" * 30, "²", "٣"])
def test_limits_are_whole_numbers(value: str) -> None:
    assert problem_of("min_length", value)


def test_a_refusal_tells_everything() -> None:
    assert refusal("Brand", ()) is None
    failure = refusal("Brand", (Violation("no_spaces", "Spaces are not allowed."),))
    assert failure is not None
    assert (failure.code, failure.is_retryable) == ("constraint_violation", False)
    assert failure.members == {
        "validation_errors": [{"constraint_type": "no_spaces", "message": "Spaces are not allowed."}]
    }


@given(st.text(max_size=40))
def test_types_agree_with_each_other(text: str) -> None:
    def kept(kind: str) -> bool:
        return not violations([Constraint(kind)], text, matches)

    assert kept("alphanumeric") <= kept("no_special_chars")
    assert kept("numeric") <= kept("alphanumeric")
    assert kept("lowercase") <= kept("no_uppercase")
    assert kept("url_safe") <= kept("no_spaces")
