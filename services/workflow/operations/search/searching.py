"""Answers a search: words and their neighbours, the best of each entity, one order, the texts of one page."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg.errors
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.workflow import metrics
from services.workflow.domain.search.ranking import COUNTED_AT_MOST, RANKED_AT_MOST, WEIGHTS
from services.workflow.domain.search.terms import Vocabulary
from services.workflow.operations.search.remembering import remember
from services.workflow.operations.search.request import Answer, Request
from services.workflow.operations.search.showing import show
from services.workflow.queries.search.known import groups_of, known
from services.workflow.queries.search.matches import Ask, Match, Place, matches
from services.workflow.queries.search.ranking import Group
from services.workflow.queries.search.sight import Sight, sights
from shared.errors import Unavailable
from shared.tenancy import context_of, tenant_of

BUDGET_SECONDS = 5
MAX_CORRECTED = 3
log = structlog.get_logger(__name__)

# What a search writes is worth no wait for the disk: a crash may cost the last entries of its history.
_BUDGET = (
    f"select set_config('statement_timeout', '{BUDGET_SECONDS * 1000}', true),"
    " set_config('synchronous_commit', 'off', true)"
)


def search(session: Session, request: Request, *, remembered: bool = True) -> Answer:
    """Raises Unavailable if no entity could be searched. `remembered` puts the search into the person's history."""
    started = time.perf_counter()
    session.connection().exec_driver_sql(_BUDGET)
    seen = sights(request.entities, context_of(session))
    vocabulary = Vocabulary(tenant_of(session))
    words: dict[str, int] = {}
    there: list[Sight] = []
    if request.query.words:
        words, kinds = known(session, request.query, vocabulary, [sight.entity for sight in seen])
        there = [sight for sight in seen if sight.entity in kinds]
    groups = groups_of(request.query, words)
    found, failed = _all(session, request, there, groups, vocabulary) if there else ({}, [])
    if failed and len(failed) == len(seen):
        raise Unavailable("The search does not answer.", code="search_unavailable")
    ordered = sorted((match for ones in found.values() for match in ones), key=lambda match: match.order)
    start = (request.page - 1) * request.limit if request.after is None else 0
    page = ordered[start : start + request.limit]
    total, is_estimated = request.counted or _total(found, groups, words)
    answer = Answer(
        query_id=uuid.uuid4(),
        results=show(session, page, groups),
        total=total,
        is_estimated=is_estimated,
        searched=[sight.entity for sight in seen],
        failed=failed,
        warnings=_warnings(request, found),
        corrected=_corrected(request, groups, words),
        last=_place(page[-1]) if page and len(ordered) > start + request.limit else None,
    )
    if remembered:
        remember(session, request, answer, seconds=time.perf_counter() - started)
    return answer


def _all(
    session: Session, request: Request, seen: Sequence[Sight], groups: Sequence[Group], vocabulary: Vocabulary
) -> tuple[dict[str, list[Match]], list[str]]:
    """What each entity has, by one statement; where that fails, each by itself: entities that failed then are told by
    name and do not hold up the others."""
    context = context_of(session)
    needed = request.limit + 1 + ((request.page - 1) * request.limit if request.after is None else 0)
    ask = Ask(
        query=request.query.text,
        groups=groups,
        vocabulary=vocabulary,
        actor=context.actor,
        teams=sorted(context.teams),
        now=request.now,
        limit=min(needed, RANKED_AT_MOST),
        scheme=request.scheme,
        after=request.after,
    )
    session.connection().exec_driver_sql("savepoint search")  # goes with the transaction
    found = _of(session, request, seen, ask)
    if found is not None:
        return found, []
    each = {sight.entity: _of(session, request, [sight], ask) if len(seen) > 1 else None for sight in seen}
    failed = [entity for entity, ones in each.items() if ones is None]
    return {entity: ones[entity] for entity, ones in each.items() if ones is not None}, failed


def _of(session: Session, request: Request, seen: Sequence[Sight], ask: Ask) -> dict[str, list[Match]] | None:
    """None if the statement fails."""
    try:
        with metrics.search_measured([sight.entity for sight in seen]):
            return matches(session, ask, {sight.entity: _conditions(request, sight) for sight in seen})
    except DBAPIError as failure:
        if isinstance(failure.orig, psycopg.OperationalError) and failure.connection_invalidated:
            raise
        session.connection().exec_driver_sql("rollback to savepoint search")
        log.warning("search_failed", entities=[sight.entity for sight in seen], exc_info=True)
        metrics.SEARCH_ERRORS.labels(type(failure.orig).__name__).inc()
        return None


def _conditions(request: Request, sight: Sight) -> Mapping[str, Any]:
    """What must hold beyond the words: the filters, and what the caller may see."""
    return {**request.conditions.get(sight.entity, {}), **sight.conditions}


def _total(found: Mapping[str, Sequence[Match]], groups: Sequence[Group], known: Mapping[str, int]) -> tuple[int, bool]:
    """Exact until an entity has more than are counted; then at least what its rarest word lets expect."""
    counts = [ones[0].total for ones in found.values() if ones]
    if all(count <= COUNTED_AT_MOST for count in counts):
        return sum(counts), sum(counts) > COUNTED_AT_MOST
    rarest = min(sum(known.get(one.word, 0) for one in group) for group in groups)
    return max(sum(counts), rarest), True


def _warnings(request: Request, found: Mapping[str, Sequence[Match]]) -> list[str]:
    warnings = []
    if request.query.left_out:
        used = len(request.query.words)
        warnings.append(f"Only the first {used} distinct words were used; {request.query.left_out} were left out.")
    for entity, ones in found.items():
        if ones and ones[0].total > RANKED_AT_MOST:
            newest = f"title hits and then the newest {RANKED_AT_MOST} were ranked"
            warnings.append(f"More than {RANKED_AT_MOST} results for {entity}: {newest}.")
    return warnings


def _corrected(request: Request, groups: Sequence[Group], known: Mapping[str, int]) -> list[str]:
    """For words of the query that nothing contains, the nearest known ones."""
    corrected = [
        next((one.word for one in group if one.edits), None)
        for wanted, group in zip(request.query.words, groups, strict=True)
        if wanted.word not in known
    ]
    return [word for word in corrected if word][:MAX_CORRECTED]


def _place(match: Match) -> Place:
    return Place(match.score, WEIGHTS[match.entity], match.updated_at, match.entity_id, match.entity)
