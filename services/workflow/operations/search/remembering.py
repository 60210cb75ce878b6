"""What people searched for: their history, what they clicked, and what it says about the search."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from services.workflow import metrics
from services.workflow.domain.search.entities import ENTITIES
from services.workflow.models import SearchClick, SearchQuery
from services.workflow.operations.search.asking import in_order
from services.workflow.operations.search.freshness import items_changed
from services.workflow.operations.search.request import Answer, Request
from services.workflow.queries.search import analytics
from shared.errors import NotFound
from shared.redaction import redact_text
from shared.tenancy import context_of, tenant_of

_REMEMBER = insert(SearchQuery.__table__)  # type: ignore[arg-type]  # a mapped class has one


def remember(session: Session, request: Request, answer: Answer, *, seconds: float) -> None:
    """Personal data in the text are replaced, and such a query is suggested to nobody."""
    context = context_of(session)
    redacted = redact_text(request.typed, free_text=True)
    row = {
        "tenant_id": tenant_of(session),
        "id": answer.query_id,
        "person": context.actor,
        "query": redacted,
        "normalised": request.query.text if redacted == request.typed else None,
        "entities": list(request.entities),
        "total": answer.total,
        "duration_ms": round(seconds * 1000, 3),
        "correlation_id": context.correlation_id,
    }
    session.connection().execute(_REMEMBER, row)
    metrics.SEARCH_RESULTS.observe(answer.total)
    metrics.SEARCH_ZERO_RESULTS.inc(answer.total == 0)


def click(
    session: Session,
    *,
    entity_type: str,
    entity_id: str,
    position: int,
    query_id: uuid.UUID | None = None,
    correlation_id: uuid.UUID | None = None,
) -> SearchClick:
    """Stores a click on a result of a search, which one of the two ids names. Raises NotFound unless the search is the
    caller's own."""
    context = context_of(session)
    own = select(SearchQuery.id).where(SearchQuery.tenant_id == tenant_of(session), SearchQuery.person == context.actor)
    named = SearchQuery.correlation_id == correlation_id if query_id is None else SearchQuery.id == query_id
    found = session.scalar(own.where(named).order_by(SearchQuery.created_at.desc()).limit(1))
    if found is None:
        raise NotFound("There is no such search of yours.")
    row = SearchClick(
        tenant_id=tenant_of(session),
        query_id=found,
        entity_type=entity_type,
        entity_id=entity_id,
        position=position,
        created_by=context.actor,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def analyse(session: Session, *, hours: int) -> dict[str, Any]:
    """How the tenant's search was used in the last hours, in three statements."""
    tenant_id, since = tenant_of(session), datetime.now(UTC) - timedelta(hours=hours)
    searches, empty, duration = session.execute(analytics.usage(tenant_id, since)).one()
    clicks, clicked = session.execute(analytics.clicked(tenant_id, since)).one()
    rate = round(clicked / searches, 4) if searches else 0.0
    metrics.SEARCH_CLICK_THROUGH_RATE.set(rate)
    return {
        "hours": hours,
        "total_searches": searches,
        "total_clicks": clicks,
        "clicked_searches": clicked,
        "click_through_rate": rate,
        "zero_result_searches": empty,
        "zero_result_queries": [
            {"query": query, "count": count} for query, count in session.execute(analytics.missed(tenant_id, since))
        ],
        "average_duration_ms": round(float(duration), 3),
    }


def invalidate(session: Session, entities: Sequence[str]) -> list[str]:
    """With the commit, no kept answer about these entities (or any) of the tenant is found again."""
    names = in_order(entities or ENTITIES)
    items_changed(session, *names)
    return list(names)


def forget_searches(session: Session, *, days: int) -> int:
    """Forgets searches and their clicks older than so many days; returns how many searches."""
    before = datetime.now(UTC) - timedelta(days=days)
    gone = delete(SearchQuery).where(SearchQuery.tenant_id == tenant_of(session), SearchQuery.created_at < before)
    return session.execute(gone, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined, no-any-return]
