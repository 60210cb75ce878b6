"""Answers a search: words and their neighbours, the best of each entity, one order, the texts of one page."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg.errors
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.workflow import metrics
from services.workflow.domain.search.ranking import COUNTED_AT_MOST, RANKED_AT_MOST, WEIGHTS
from services.workflow.domain.search.terms import Vocabulary
from services.workflow.operations.search.remembering import remember
from services.workflow.operations.search.request import Answer, Request
from services.workflow.operations.search.showing import show
from services.workflow.queries.search.known import groups_of, known_words
from services.workflow.queries.search.matches import Ask, Match, Place, matches
from services.workflow.queries.search.ranking import Group
from services.workflow.queries.search.sight import Sight, known_sights, sights
from shared.errors import Unavailable
from shared.tenancy import context_of, tenant_of

BUDGET_SECONDS = 5
MAX_CORRECTED = 3
log = structlog.get_logger(__name__)

# What a search writes is worth no wait for the disk: a crash may cost the last entries of its history.
_BUDGET = text(
    "select set_config('statement_timeout', :milliseconds, true), set_config('synchronous_commit', 'off', true)"
)


def search(session: Session, request: Request, *, remembered: bool = True) -> Answer:
    """Raises Unavailable if no entity could be searched. `remembered` puts the search into the person's history."""
    started = time.perf_counter()
    session.execute(_BUDGET, {"milliseconds": str(BUDGET_SECONDS * 1000)})
    seen = sights(request.entities, context_of(session))
    vocabulary = Vocabulary(tenant_of(session))
    known = known_words(session, request.query, vocabulary) if request.query.words else {}
    groups = groups_of(request.query, known)
    found, failed = _all(session, request, seen, groups, vocabulary) if groups else ({}, [])
    if failed and len(failed) == len(seen):
        raise Unavailable("The search does not answer.", code="search_unavailable")
    ordered = sorted((match for ones in found.values() for match in ones), key=lambda match: match.order)
    start = (request.page - 1) * request.limit if request.after is None else 0
    page = ordered[start : start + request.limit]
    total, is_estimated = request.counted or _total(found, groups, known)
    answer = Answer(
        query_id=uuid.uuid4(),
        results=show(session, page, groups),
        total=total,
        is_estimated=is_estimated,
        searched=[sight.entity for sight in seen],
        failed=failed,
        warnings=_warnings(request, found),
        corrected=_corrected(request, groups, known),
        last=_place(page[-1]) if page and len(ordered) > start + request.limit else None,
    )
    if remembered:
        remember(session, request, answer, seconds=time.perf_counter() - started)
    return answer


def _all(
    session: Session, request: Request, seen: Sequence[Sight], groups: Sequence[Group], vocabulary: Vocabulary
) -> tuple[dict[str, list[Match]], list[str]]:
    """What each entity has; entities that failed are told by name and do not hold up the others."""
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
    found: dict[str, list[Match]] = {}
    failed: list[str] = []
    waiting = known_sights(session, seen)
    while waiting:
        try:
            with session.begin_nested():  # one as long as nothing fails, and one more after each failure
                while waiting:
                    found[waiting[0].entity] = _of_entity(session, request, waiting[0], ask)
                    del waiting[0]
        except DBAPIError as failure:
            if isinstance(failure.orig, psycopg.OperationalError) and failure.connection_invalidated:
                raise
            failed.append(waiting.pop(0).entity)
            log.warning("search_failed", entity=failed[-1], exc_info=True)
            metrics.SEARCH_ERRORS.labels(type(failure.orig).__name__).inc()
    return found, failed


def _of_entity(session: Session, request: Request, sight: Sight, ask: Ask) -> list[Match]:
    with metrics.search_measured(sight.entity):
        return matches(session, sight.entity, ask, _conditions(request, sight))


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
