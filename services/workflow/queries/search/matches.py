"""The best matches of one entity, ranked by the database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.workflow.domain.search import ranking
from services.workflow.domain.search.ranking import Scheme
from services.workflow.domain.search.terms import Vocabulary
from services.workflow.queries.search.ranking import Group, Ranking, array_of, score_of

# What is known of a result, and its place among all: higher and newer first, then by id.
_SCORED = """
select entity_id, {score} as score, typos, state, updated_at, title, is_overdue, total from (
    select m.*, {text} as text, {title} as title_similarity, {typos} as typos,
        extract(epoch from cast(:now as timestamptz) - m.updated_at) / 86400 as age
    from search_matches(:entity, :groups, cast(:seen as jsonb), :counted, :ranked) m) m
"""
_PAGE = "select * from ({scored}) s where {after} order by score desc, updated_at desc, entity_id limit :limit"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended."""

    score: Decimal
    weight: float
    updated_at: datetime
    entity_id: int
    entity: str


@dataclass(frozen=True, slots=True)
class Match:
    """One item that was found. `total` counts all that match, one more than `COUNTED_AT_MOST` if there are more."""

    entity: str
    entity_id: int
    score: Decimal
    typos: int
    state: str | None
    updated_at: datetime
    title: str
    is_overdue: bool
    total: int

    @property
    def order(self) -> tuple[Any, ...]:
        weight = ranking.WEIGHTS[self.entity]
        return -self.score, -weight, -self.updated_at.timestamp(), self.entity_id, self.entity


@dataclass(frozen=True, slots=True)
class Ask:
    """What one entity is asked: the words, who asks, what beyond the words must hold, and which part to return."""

    query: str
    groups: Sequence[Group]
    vocabulary: Vocabulary
    actor: str | None
    teams: Sequence[str]
    now: datetime
    limit: int
    scheme: Scheme = "search"
    after: Place | None = None


def matches(session: Session, entity: str, ask: Ask, seen: Mapping[str, Any]) -> list[Match]:
    """The best items of this entity, in order. `seen` are the conditions of `search_matches`."""
    rank = Ranking(ask.groups, entity, ask.vocabulary)
    scored = _SCORED.format(score=score_of(ask.scheme, entity), text=rank.text, title=rank.title, typos=rank.typos)
    after, place = _after(entity, ask.after)
    values = (
        rank.values
        | place
        | {
            "entity": entity,
            "groups": [array_of([one.word for one in group], entity, ask.vocabulary) for group in ask.groups],
            "seen": json.dumps(dict(seen)),
            "counted": ranking.COUNTED_AT_MOST,
            "ranked": ranking.RANKED_AT_MOST,
            "query": ask.query,
            "now": ask.now,
            "actor": ask.actor,
            "teams": list(ask.teams),
            "limit": ask.limit,
        }
    )
    found = session.execute(text(_PAGE.format(scored=scored, after=after)), values)
    return [Match(entity, *row) for row in found]


def _after(entity: str, place: Place | None) -> tuple[str, dict[str, Any]]:
    """The rows of this entity that come after the place where the last page ended."""
    if place is None:
        return "true", {}
    weight = ranking.WEIGHTS[entity]
    if weight != place.weight:
        return ("score < :last_score" if weight > place.weight else "score <= :last_score"), {"last_score": place.score}
    equal = ">" if entity <= place.entity else ">="
    condition = (
        "(score < :last_score or score = :last_score and (updated_at < :last_time or"
        f" updated_at = :last_time and entity_id {equal} :last_id))"
    )
    return condition, {"last_score": place.score, "last_time": place.updated_at, "last_id": place.entity_id}
