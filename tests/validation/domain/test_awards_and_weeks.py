"""What play earns, and to which week a day belongs."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.ledger.awards import (
    WEEKLY_CATEGORIES,
    NotAnAward,
    read_scene_award,
    read_story_award,
    story_points,
    weekly_points,
)
from services.validation.domain.ledger.weeks import is_sunday, week_end, week_start


def test_a_story_counts_what_was_achieved() -> None:
    assert story_points([True] * 4, 2) == 6
    assert story_points([False] * 4, 5) == 5
    assert story_points([False] * 4, 0) == 0


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_week_counts_its_categories(flags: list[bool]) -> None:
    assert weekly_points(dict(zip(WEEKLY_CATEGORIES, flags, strict=True))) == sum(flags)


def test_the_sunday_rule() -> None:
    assert week_end(date(2024, 1, 14)) == date(2024, 1, 14)
    assert week_end(date(2024, 1, 15)) == date(2024, 1, 21)
    assert week_end(date(2024, 1, 13)) == date(2024, 1, 14)


@given(st.dates(max_value=date(9999, 12, 25)))
def test_a_day_belongs_to_one_week(day: date) -> None:
    end = week_end(day)
    assert is_sunday(end)
    assert week_start(end) <= day <= end
    assert week_end(end) == week_end(week_start(end)) == end
    assert week_end(end + timedelta(days=1)) == end + timedelta(days=7)


@pytest.mark.parametrize(
    ("said", "points"),
    [
        (0, 0),
        (10_000, 10_000),
        ({"success": True, "danger": True, "growth": True, "drama": True, "duration": 2}, 6),
        ({"duration": 5}, 5),
        ({}, 0),
    ],
)
def test_a_story_award_is_an_amount_or_what_was_achieved(said: Any, points: int) -> None:
    assert read_story_award(said) == points


@pytest.mark.parametrize(
    "said",
    [
        None,
        True,
        1.5,
        "3",
        -1,
        10_001,
        [],
        {"duration": None},
        {"duration": True},
        {"duration": 101},
        {"success": 1},
        {"x": 1},
    ],
)
def test_what_is_no_story_award(said: Any) -> None:
    with pytest.raises(NotAnAward):
        read_story_award(said)


@pytest.mark.parametrize("said", [None, 0, 1, "true", {}])
def test_what_is_no_scene_award(said: Any) -> None:
    with pytest.raises(NotAnAward):
        read_scene_award(said)


def test_a_scene_gives_one_point() -> None:
    assert [read_scene_award(value) for value in (True, False)] == [1, 0]
