"""Tells people what is new in their saved searches: each item once, as one message for each look."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.workflow.domain.search.entities import ENTITIES
from services.workflow.models import ReportedItem, SavedSearch, SearchAlert
from services.workflow.operations.outgoing import Notice, notify
from services.workflow.operations.search.asking import request_of
from services.workflow.operations.search.saving import PAUSES
from services.workflow.operations.search.searching import search
from shared.tenancy import Context, context_of, tenant_of

Understand = Callable[[Mapping[str, Any]], Mapping[str, Any]]
PAGE = 100
# A transaction that began before the last look may have committed after it.
OVERLAP = timedelta(minutes=2)


def due_alerts(session: Session, *, now: datetime, limit: int = 50) -> Sequence[int]:
    """Ids of the tenant's saved searches whose alerts are due, the longest waiting first."""
    due = select(SavedSearch.id).where(
        SavedSearch.tenant_id == tenant_of(session), SavedSearch.alert_enabled, SavedSearch.next_alert_at <= now
    )
    return session.scalars(due.order_by(SavedSearch.next_alert_at, SavedSearch.id).limit(limit)).all()


def alert(
    session: Session, saved_id: int, *, understand: Understand, now: datetime | None = None
) -> SearchAlert | None:
    """Reports what has changed since the last look, was not reported, and is visible to the owner now.

    `understand` turns stored filters into conditions.
    """
    now = now or datetime.now(UTC)
    row = select(SavedSearch).where(SavedSearch.tenant_id == tenant_of(session), SavedSearch.id == saved_id)
    saved = session.scalar(row.with_for_update())
    if saved is None or not saved.alert_enabled:
        return None
    with _as_owner(session, saved):
        found = _changed(session, saved, understand(saved.filters))
    saved.alerted_until = now
    saved.next_alert_at = now + PAUSES[saved.alert_frequency]
    new = _not_reported(session, saved, found)
    if not new:
        return None
    message = SearchAlert(
        tenant_id=tenant_of(session), saved_search_id=saved.id, person=saved.created_by or "", items=new
    )
    session.add(message)
    session.flush()
    notify(session, [_notice(saved, message)])
    return message


def _notice(saved: SavedSearch, message: SearchAlert) -> Notice:
    mute = f"/api/workflow/v1/saved-searches/{saved.id}/mute"
    return Notice(
        event="saved_search.found",
        recipient=message.person,
        entity="saved_search",
        entity_id=saved.id,
        version=message.id,
        data={"name": saved.name, "items": message.items, "mute": mute},
    )


@contextmanager
def _as_owner(session: Session, saved: SavedSearch) -> Iterator[None]:
    """What the owner may see decides what is found."""
    before = context_of(session)
    owner: Context = replace(
        before,
        actor=saved.created_by,
        permissions=frozenset(saved.owner_permissions),
        teams=frozenset(saved.owner_teams),
    )
    session.info["context"] = owner
    try:
        yield
    finally:
        session.info["context"] = before


def _changed(session: Session, saved: SavedSearch, conditions: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the search finds among items that have changed since the last look, page by page."""
    since = ((saved.alerted_until or saved.created_at) - OVERLAP).isoformat()
    entities = saved.entities or ENTITIES
    filters = {entity: {**conditions.get(entity, {}), "updated_from": since} for entity in entities}
    body = {"query": saved.query, "entities": entities, "filters": filters, "limit": PAGE}
    request, found = request_of(body), []
    while True:
        answer = search(session, request, remembered=False)
        found += [{"entity": one["entity"], "id": str(one["id"]), "title": one["title"]} for one in answer.results]
        if answer.last is None:
            return found
        request = replace(request, after=answer.last)


def _not_reported(session: Session, saved: SavedSearch, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Notes these items; those that were not noted before, in their order."""
    if not found:
        return []
    values = [
        {"tenant_id": saved.tenant_id, "saved_search_id": saved.id, "entity": one["entity"], "entity_id": one["id"]}
        for one in found
    ]
    noted = insert(ReportedItem).on_conflict_do_nothing().returning(ReportedItem.entity, ReportedItem.entity_id)
    new = {(entity, entity_id) for entity, entity_id in session.execute(noted, values)}
    return [one for one in found if (one["entity"], one["id"]) in new]
