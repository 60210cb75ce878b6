"""What a person may mean by the beginning of a query."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.domain.search.entities import ENTITIES
from services.workflow.domain.search.query import Query, Wanted
from services.workflow.domain.search.words import words
from services.workflow.models import SearchQuery
from services.workflow.operations.search import freshness
from services.workflow.operations.search.request import Request
from services.workflow.operations.search.searching import search
from services.workflow.queries.search.sight import sights
from shared.redaction import redact_text
from shared.tenancy import context_of, tenant_of

PERSONS_NEEDED = 3
KEPT_SECONDS = 3600
TITLES_LOOKED_AT = 20
_BEYOND = "\U0010ffff"


def suggest(session: Session, settings: Settings, typed: str, *, limit: int) -> list[str]:
    """At most `limit` texts: visible titles, the person's own queries, those that worked for others. Kept for an hour
    for this person; a write to any entity forgets them."""
    context = context_of(session)
    beginning = " ".join(words(typed))
    if not beginning:
        return []
    assert context.tenant_id is not None
    cache = freshness.cache_of(settings)
    visible = [sight.entity for sight in sights(ENTITIES, context)]
    material = ["suggestions", context.actor, freshness.seeing(context), beginning, limit]
    found, _lookup = cache.through(
        context.tenant_id, visible, material, lambda: _make(session, beginning, limit), seconds=KEPT_SECONDS
    )
    return list(found)


def _make(session: Session, beginning: str, limit: int) -> list[str]:
    found = [*_titles(session, beginning), *_own(session, beginning, limit), *_of_others(session, beginning, limit)]
    different: dict[str, str] = {}
    for text in found:
        if text and redact_text(text, free_text=True) == text:
            different.setdefault(" ".join(words(text)), text)
    return list(different.values())[:limit]


def _titles(session: Session, beginning: str) -> Iterable[str]:
    """Titles that begin so, of what the person may see."""
    *exact, last = words(beginning)
    wanted = (*(Wanted(word) for word in exact), Wanted(last, is_prefix=len(last) > 1))
    request = Request(beginning, Query(beginning, wanted), datetime.now(UTC), limit=TITLES_LOOKED_AT)
    answer = search(session, request, remembered=False)
    return [one["title"] for one in answer.results if " ".join(words(one["title"])).startswith(beginning)]


def _own(session: Session, beginning: str, limit: int) -> Iterable[str | None]:
    newest = func.max(SearchQuery.created_at)
    own = _beginning(session, beginning).where(SearchQuery.person == context_of(session).actor)
    return session.scalars(own.order_by(newest.desc()).limit(limit))


def _of_others(session: Session, beginning: str, limit: int) -> Iterable[str | None]:
    persons = func.count(distinct(SearchQuery.person))
    worked = _beginning(session, beginning).where(SearchQuery.total > 0).having(persons >= PERSONS_NEEDED)
    return session.scalars(worked.order_by(persons.desc(), SearchQuery.normalised).limit(limit))


def _beginning(session: Session, beginning: str) -> Select[str | None]:
    return (
        select(SearchQuery.normalised)
        .where(
            SearchQuery.tenant_id == tenant_of(session),
            SearchQuery.normalised >= beginning,
            SearchQuery.normalised < beginning + _BEYOND,
        )
        .group_by(SearchQuery.normalised)
    )
