"""The pure difference of two states."""

import enum
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.auditing import diff

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
STATES = st.dictionaries(st.sampled_from(["a", "b", "c", "updated_at"]), VALUES)


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


def test_shows_differences_only() -> None:
    before = {"name": "a", "size": 1, "updated_at": datetime(2026, 1, 1, tzinfo=UTC)}
    after = {"name": "b", "size": 1, "updated_at": datetime(2026, 1, 2, tzinfo=UTC)}
    assert diff(before, after) == {"name": ["a", "b"]}


def test_hides_personal_and_secret_values_on_both_sides() -> None:
    before = {"phone": "1", "password": None, "name": "a"}
    after = {"phone": "2", "password": "x", "name": "b"}
    classes: Any = {"phone": "personal", "password": "secret", "name": "public"}
    assert diff(before, after, classes) == {
        "phone": ["[REDACTED]", "[REDACTED]"],
        "password": [None, "[REDACTED]"],
        "name": ["a", "b"],
    }


def test_a_missing_side_counts_as_null() -> None:
    assert diff({}, {"name": "a", "note": None}) == {"name": [None, "a"]}
    assert diff({"name": "a"}, {}) == {"name": ["a", None]}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Colour.BLUE, "blue"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2026, 11, 20, 10, 0, tzinfo=UTC), "2026-11-20T10:00:00Z"),
        (date(2026, 11, 20), "2026-11-20"),
        (Decimal("1.50"), "1.50"),
        ({"b", "a"}, ["a", "b"]),
        ((1, {"k": Colour.RED}), [1, {"k": "red"}]),
        (b"\x01\xff", "01ff"),
    ],
)
def test_serialises_what_json_cannot_hold(value: Any, shown: Any) -> None:
    assert diff({"x": None}, {"x": value}) == {"x": [None, shown]}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STATES, STATES)
def test_names_exactly_what_differs(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = diff(before, after)
    for field in ("a", "b", "c"):
        assert (field in found) == (before.get(field) != after.get(field))
    assert "updated_at" not in found
    assert diff(before, before) == {}
