"""How many points play earns. A scene gives one to each who is named; stories and weeks count what was achieved."""

from collections.abc import Iterable, Mapping
from typing import Any

SCENE_POINTS = 1
STORY_FLAGS = ("success", "danger", "growth", "drama")
MAX_DURATION = 100
MAX_STORY_POINTS = 10_000
MAX_AWARDS = 1_000
# Finishing needs no scene; every other category names the scene it was earned in.
WEEKLY_CATEGORIES = ("finishing", "learning", "rp", "focus", "standingout")
IN_A_SCENE = WEEKLY_CATEGORIES[1:]


class NotAnAward(ValueError):
    """The value says nothing that can be awarded; the text says what can."""


def story_points(flags: Iterable[bool], duration: int) -> int:
    """One for each true flag, plus the duration."""
    return sum(map(bool, flags)) + duration


def weekly_points(earned: Mapping[str, bool]) -> int:
    """One for each true category, 0 to 5."""
    return sum(bool(earned[category]) for category in WEEKLY_CATEGORIES)


def scene_of(category: str) -> str:
    """The field that names the scene of a category."""
    return f"{category}_scene"


def read_scene_award(value: Any) -> int:
    """Points for a participant. Raises NotAnAward."""
    if not isinstance(value, bool):
        raise NotAnAward("Say true or false.")
    return SCENE_POINTS if value else 0


def read_story_award(value: Any) -> int:
    """Points from an amount, or from what was achieved. Raises NotAnAward."""
    if isinstance(value, dict):
        return _achieved(value)
    if not _is_whole(value) or not 0 <= value <= MAX_STORY_POINTS:
        raise NotAnAward(f"Say an amount from 0 to {MAX_STORY_POINTS:,}, or what was achieved.")
    return int(value)


def _achieved(said: Mapping[Any, Any]) -> int:
    if unknown := said.keys() - {*STORY_FLAGS, "duration"}:
        raise NotAnAward(f"Nobody knows {', '.join(sorted(map(str, unknown)))}.")
    flags = [said.get(name, False) for name in STORY_FLAGS]
    if not all(isinstance(flag, bool) for flag in flags):
        raise NotAnAward(f"{', '.join(STORY_FLAGS)} are true or false.")
    duration = said.get("duration", 0)
    if not _is_whole(duration) or not 0 <= duration <= MAX_DURATION:
        raise NotAnAward(f"duration is a number from 0 to {MAX_DURATION}.")
    return story_points(flags, duration)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
