"""What can stand between somebody's edit and the present state of a string, and the ways out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

Values = Mapping[str, str | None]


class ConflictType(StrEnum):
    CONCURRENT_EDIT = "concurrent_edit"
    INHERITANCE = "inheritance"
    VALIDATION = "validation"
    DUPLICATE_VALUE = "duplicate_value"
    CIRCULAR_INHERITANCE = "circular_inheritance"


class Strategy(StrEnum):
    TAKE_MINE = "take_mine"
    TAKE_THEIRS = "take_theirs"
    MERGE = "merge"
    SKIP = "skip"


class Suggestion(NamedTuple):
    strategy: Strategy
    risk: str
    description: str


class Conflict(NamedTuple):
    """`place` is that of the update, `code` what a run would fail by; `members` say more about some types (versions,
    the string that has the name)."""

    string_id: int
    type: ConflictType
    code: str
    message: str
    place: int
    members: Mapping[str, int]


_SKIP = Suggestion(Strategy.SKIP, "low", "Leave the string as it is.")
_SUGGESTIONS: Mapping[ConflictType, tuple[Suggestion, ...]] = {
    ConflictType.CONCURRENT_EDIT: (
        Suggestion(Strategy.TAKE_MINE, "high", "Store my values over what was changed meanwhile."),
        Suggestion(Strategy.TAKE_THEIRS, "low", "Keep what was changed meanwhile and drop my values."),
        Suggestion(Strategy.MERGE, "medium", "Store values put together from both."),
    ),
    ConflictType.INHERITANCE: (
        _SKIP,
        Suggestion(Strategy.TAKE_MINE, "medium", "Give the string values of its own in place of inherited ones."),
    ),
}


def suggestions(kind: ConflictType) -> tuple[Suggestion, ...]:
    return _SUGGESTIONS.get(kind, (_SKIP,))


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is made of one conflict: `outcome` is a word of the answer, `values` what is to be stored, if anything."""

    string_id: int
    strategy: Strategy
    outcome: str
    values: Values | None = None
    message: str | None = None


def resolve(
    string_id: int, strategy: Strategy, *, mine: Values | None, merged: Values | None, applies: bool
) -> Resolution:
    """Who only asks may leave `mine` out; who applies may not."""
    match strategy:
        case Strategy.SKIP:
            return Resolution(string_id, strategy, "skipped")
        case Strategy.TAKE_THEIRS:
            return Resolution(string_id, strategy, str(strategy))
        case Strategy.TAKE_MINE:
            if mine is None and applies:
                return Resolution(string_id, strategy, "failed", message="Taking mine takes `mine`.")
            return Resolution(string_id, strategy, str(strategy), mine)
    if merged is None:
        return Resolution(string_id, strategy, "failed", message="Merging takes `merged_values`.")
    return Resolution(string_id, strategy, str(strategy), merged)
