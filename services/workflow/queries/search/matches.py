"""The best matches of each entity, ranked by the database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.search import ranking
from services.workflow.domain.search.ranking import Scheme
from services.workflow.domain.search.terms import Vocabulary
from services.workflow.queries.search.ranking import Group, Ranking, array_of, score_of

# What is known of a result, and its place among all of its entity: higher and newer first, then by id.
_BEST = """
(select * from (
    select '{entity}', entity_id, {score} as score, typos, state, updated_at, title, is_overdue, total from (
        select m.*, {text} as text, {title} as title_similarity, {typos} as typos,
            extract(epoch from %(now)s::timestamptz - m.updated_at) / 86400 as age
        from search_matches('{entity}', %({entity}_groups)s, %({entity}_seen)s, {counted}, {ranked}) m) m) s
where {after} order by score desc, updated_at desc, entity_id limit %(limit)s)
"""


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
    """What each entity is asked: the words, who asks, and which part to return."""

    query: str
    groups: Sequence[Group]
    vocabulary: Vocabulary
    actor: str | None
    teams: Sequence[str]
    now: datetime
    limit: int
    scheme: Scheme = "search"
    after: Place | None = None


def matches(session: Session, ask: Ask, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Match]]:
    """The best items of each entity in order, by one statement. `seen` are the conditions of `search_matches`."""
    values: dict[str, Any] = {
        "query": ask.query,
        "now": ask.now,
        "actor": ask.actor,
        "teams": list(ask.teams),
        "limit": ask.limit,
    }
    branches = [_branch(entity, ask, conditions, values) for entity, conditions in seen.items()]
    found: dict[str, list[Match]] = {entity: [] for entity in seen}
    # Past SQLAlchemy's own form: it would read the long text, which is never the same, to look for names.
    for row in session.connection().exec_driver_sql(" union all ".join(branches), values):
        found[row[0]].append(Match(*row))
    for ones in found.values():
        ones.sort(key=lambda match: match.order)
    return found


def _branch(entity: str, ask: Ask, conditions: Mapping[str, Any], values: dict[str, Any]) -> str:
    """The select of one entity; what it is bound to goes into `values`."""
    rank = Ranking(ask.groups, entity, ask.vocabulary)
    after, place = _after(entity, ask.after)
    values |= rank.values | place
    values |= {
        f"{entity}_groups": [array_of([one.word for one in group], entity, ask.vocabulary) for group in ask.groups],
        f"{entity}_seen": json.dumps(dict(conditions)),
    }
    return _BEST.format(
        entity=entity,
        score=score_of(ask.scheme, entity),
        text=rank.text,
        title=rank.title,
        typos=rank.typos,
        counted=ranking.COUNTED_AT_MOST,
        ranked=ranking.RANKED_AT_MOST,
        after=after,
    )


def _after(entity: str, place: Place | None) -> tuple[str, dict[str, Any]]:
    """The rows of this entity that come after the place where the last page ended."""
    if place is None:
        return "true", {}
    values = {"last_score": place.score, "last_time": place.updated_at, "last_id": place.entity_id}
    weight = ranking.WEIGHTS[entity]
    if weight != place.weight:
        return ("score < %(last_score)s" if weight > place.weight else "score <= %(last_score)s"), values
    equal = ">" if entity <= place.entity else ">="
    condition = (
        "(score < %(last_score)s or score = %(last_score)s and (updated_at < %(last_time)s or"
        f" updated_at = %(last_time)s and entity_id {equal} %(last_id)s))"
    )
    return condition, values
