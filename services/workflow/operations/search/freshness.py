"""Cached answers of the search, and that none of them outlives what it shows."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.models import Outbox
from services.workflow.operations.entry import settings_of
from shared.cache.entries import Lookup
from shared.cache.reading import Cache
from shared.redis_client import connect
from shared.tenancy import Context

# For so long a process may answer from its own copy: well below the two seconds in which a write must be found.
LOCAL_SECONDS = 1.0


def items_changed(session: Session, *entities: str) -> None:
    """Something that results of these entities show or depend on was written."""
    cache_of(settings_of(session)).changed(session, *entities)


def look(settings: Settings, context: Context, entities: Sequence[str], material: Sequence[object]) -> Lookup:
    """What is kept for this caller's question about these entities."""
    assert context.tenant_id is not None
    return cache_of(settings).look(context.tenant_id, entities, [context.actor, seeing(context), *material])


def keep(settings: Settings, lookup: Lookup, answer: dict[str, Any]) -> None:
    cache_of(settings).keep(lookup, answer, seconds=settings.search_cache_timeout)


def seeing(context: Context) -> list[list[str]]:
    """All of a caller that decides what they see, and which actions they are offered."""
    return [sorted(context.permissions), sorted(context.teams)]


def cache_of(settings: Settings) -> Cache:
    """One for each process and Redis."""
    return _cache(settings.redis_url.get_secret_value(), settings.service)


@cache
def _cache(address: str, service: str) -> Cache:
    return Cache(connect(address), service=service, name="search", outbox=Outbox, local_seconds=LOCAL_SECONDS)
