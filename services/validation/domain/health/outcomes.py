"""How operations end, and how long they take, as counts."""

from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum
from itertools import accumulate
from typing import Final


class Outcome(StrEnum):
    """`refused`: by a rule, which is no failure. `stopped`: by a named constraint, after every check had let it pass.
    `failed`: an unexpected error, a time-out, a conflict in the database that did not pass."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"


class Operation(StrEnum):
    """What is counted by its own name; everything else is a read or a write."""

    SPEND = "xp_spend"
    DECISION = "xp_decision"
    SCENE_AWARD = "scene_award"
    STORY_AWARD = "story_award"
    READ = "read"
    WRITE = "write"


# Upper ends of the buckets of durations, in milliseconds; the last bucket has none.
BUCKETS: Final = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_000, 5_000)
# What the lock of a row that never came free is told as.
_TIMED_OUT: Final = "locked"


def outcome_of(status: int, code: str | None) -> Outcome:
    """Of an answer with this status and problem code."""
    if status >= 500 or code == _TIMED_OUT:
        return Outcome.FAILED
    return Outcome.REFUSED if status >= 400 else Outcome.ACCEPTED


def bucket_of(milliseconds: float) -> int:
    return bisect_left(BUCKETS, milliseconds)


def percentile(counts: Sequence[int], share: float) -> float | None:
    """Milliseconds that this share of durations stays within, read off evenly filled buckets; None without any.

    What lies beyond the last end counts as the last end.
    """
    total = sum(counts)
    if not total:
        return None
    wanted = share * total
    place = next(place for place, reached in enumerate(accumulate(counts)) if reached >= wanted and counts[place])
    if place == len(BUCKETS):
        return float(BUCKETS[-1])
    low = BUCKETS[place - 1] if place else 0
    inside = (wanted - sum(counts[:place])) / counts[place]
    return round(low + (BUCKETS[place] - low) * inside, 2)
