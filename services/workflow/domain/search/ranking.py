"""What stands first: exact before misspelt, then what fits the words, is new, presses, and is the reader's own.

The tables are data, so that the database computes with the same ones (see queries/search/ranking.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ABSENT_TEXT_RANK = 0.5
RANKED_AT_MOST = 2000
COUNTED_AT_MOST = 10_000

# Age in days below which the value holds, in order; the last is for everything older.
RECENCY: tuple[tuple[float, float], ...] = ((7, 1.0), (30, 0.8), (90, 0.6), (365, 0.4), (float("inf"), 0.2))
UNKNOWN_RECENCY = 0.5
FRESHNESS: tuple[tuple[float, float], ...] = ((1, 0.3), (7, 0.2), (30, 0.1), (90, 0.05), (float("inf"), 0.0))

TITLE_EQUAL, TITLE_PREFIX, TITLE_SUBSTRING = 1.0, 0.95, 0.85
TITLE_SHARE_BELOW = 0.99
EXACT, BEGINNING = 1.0, 0.9
OUTSIDE_TITLE = 0.6

OVERDUE = 1.0
PRIORITIES = {"CRITICAL": 0.9, "HIGH": 0.9, "MEDIUM": 0.6}
OTHER_ACTIVITY = 0.4

OWN, ASSIGNED, TEAM, NOBODYS = 1.0, 0.8, 0.6, 0.3

WEIGHTS = {
    "ticket": 1.0,
    "work_order": 0.9,
    "task": 0.85,
    "tour": 0.85,
    "knowledge": 0.85,
    "asset": 0.8,
    "people": 0.7,
    "location": 0.7,
    "report": 0.7,
}

# Shares of the parts in a raw rank.
SEARCH_SHARES = {"text": 0.4, "title": 0.2, "recency": 0.2, "activity": 0.1, "ownership": 0.1}
UNIFIED_SHARES = {"weight": 0.4, "text": 0.5}
UNIFIED_WHOLE = 1.2

Scheme = Literal["search", "unified"]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known about one document that matches. Ages in days; None is unknown."""

    entity: str
    text_rank: float | None
    title_similarity: float
    typos: int
    age_days: float | None
    is_overdue: bool = False
    priority: str | None = None
    is_own: bool = False
    is_assigned: bool = False
    is_of_team: bool = False


def word_quality(length: int, known_length: int, *, edits: int, is_beginning: bool = False) -> float:
    """How well a known word answers a query's word, 0..1."""
    if edits:
        return 0.8 * (1 - edits / max(length, known_length))
    return BEGINNING if is_beginning else EXACT


def title_similarity(query: str, title: str, qualities: Sequence[float]) -> float:
    """0..1. Both texts are words joined by spaces; `qualities` are those of the query's words in the title, 0 for
    a missing one."""
    if title == query:
        return TITLE_EQUAL
    if title.startswith(query):
        return TITLE_PREFIX
    if query in title:
        return TITLE_SUBSTRING
    return min(sum(qualities) / len(qualities), TITLE_SHARE_BELOW) if qualities else 0.0


def score(found: Found, scheme: Scheme = "search") -> float:
    """0..1, four places: above 0.5 without a typo, above 0.25 with one, below with more."""
    raw = _raw(found) if scheme == "search" else _raw_unified(found)
    if found.typos == 0:
        return round(0.5 + raw / 2, 4)
    if found.typos == 1:
        return min(round(0.25 + raw / 4, 4), 0.4999)
    return min(round(raw / 4, 4), 0.2499)


def step(table: Sequence[tuple[float, float]], age_days: float) -> float:
    """The value that the table gives to an age."""
    return next(value for below, value in table if age_days < below)


def _raw(found: Found) -> float:
    parts = {
        "text": _text(found),
        "title": found.title_similarity,
        "recency": UNKNOWN_RECENCY if found.age_days is None else step(RECENCY, found.age_days),
        "activity": OVERDUE if found.is_overdue else PRIORITIES.get(found.priority or "", OTHER_ACTIVITY),
        "ownership": _ownership(found),
    }
    return sum(share * parts[name] for name, share in SEARCH_SHARES.items())


def _raw_unified(found: Found) -> float:
    freshness = 0.0 if found.age_days is None else step(FRESHNESS, found.age_days)
    parts = {"weight": WEIGHTS[found.entity], "text": _text(found)}
    return (sum(share * parts[name] for name, share in UNIFIED_SHARES.items()) + freshness) / UNIFIED_WHOLE


def _text(found: Found) -> float:
    return ABSENT_TEXT_RANK if found.text_rank is None else found.text_rank


def _ownership(found: Found) -> float:
    if found.is_own:
        return OWN
    if found.is_assigned:
        return ASSIGNED
    return TEAM if found.is_of_team else NOBODYS
