"""What is written into a cell comes out of it again, and nothing in it is a formula."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.propagation.domain.cells import harmless, lines, plain_cell, plain_value, restored

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
FORMULAS = st.builds("".join, st.lists(st.sampled_from(["'", "=", "+", "-", "@", "\t", "x", "1"]), max_size=6))
PLAIN = st.one_of(TEXTS, FORMULAS, st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))


@given(st.one_of(TEXTS, FORMULAS))
def test_a_text_survives(text: str) -> None:
    cell = harmless(text)
    assert restored(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(PLAIN)
def test_a_plain_value_survives_with_its_type(value: Any) -> None:
    found = plain_value(restored(harmless(plain_cell(value))))
    assert (type(found), found) == (type(value), value)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=5))
def test_lines_are_csv(rows: list[list[str]]) -> None:
    text = lines(rows).decode()
    assert [[restored(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))] == rows


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ("null", None),
        ("5", 5),
        ("1.5", 1.5),
        ("true", True),
        ('"5"', "5"),
        ("1e999", "1e999"),
        ("5a", "5a"),
    ],
)
def test_what_people_type(cell: str, value: object) -> None:
    assert plain_value(cell) == value
