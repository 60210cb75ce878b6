"""Kept views, and that none of them outlives what it shows: every write of a unit of work is noticed by its table.

What goes past SQLAlchemy (`execute_prepared`) is not seen here; who writes that way says so by `written`.
"""

import re
import weakref
from functools import cache
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from services.validation.config import Settings
from services.validation.models import Base, Outbox
from shared.cache.reading import Cache
from shared.redis_client import connect
from shared.tenancy import context_of

# What views show or depend on. A character shows its traits, and is seen by who owns, heads or tells something; the
# ledger moves its points, and what it refers to may go.
CHARACTERS = frozenset(
    {
        "characters",
        "character_traits",
        "trait_definitions",
        "chronicles",
        "gamelines",
        "st_relationships",
        "limit_profiles",
        "xp_transfers",
        "quarantine_entries",
    }
)
CHRONICLES = frozenset({"chronicles"})
GROUPS = frozenset({"groups", "group_memberships", "chronicles", "characters"})
SCENES = frozenset({"scenes", "scene_participants", "chronicles", "characters"})
TARIFFS = frozenset({"tariffs"})
TRAITS = frozenset({"trait_definitions"})
# The state of constraints is told as well; nobody in a unit of work changes it.
RULE_DOCS = frozenset({"rule_sets", "rule_set_versions", "integrity_runs", "integrity_results"})
WATCHED = CHARACTERS | CHRONICLES | GROUPS | SCENES | TARIFFS | TRAITS | RULE_DOCS

_WRITES = re.compile(r"\b(?:insert into|update|delete from)\s+(\w+)", re.IGNORECASE)
_UNIT = "unit_of_work"


def watch(settings: Settings) -> None:
    """From now on writes of this process are noticed; `settings` where a unit of work has none of its own."""
    _usual.clear()
    _usual.append(settings)
    _listen()


def written(session: Session, *tables: str) -> None:
    """What this unit of work writes of these is not shown as it was any more, once it is committed."""
    settings = session.info.get("settings") or next(iter(_usual), None)
    if settings is not None and context_of(session).tenant_id is not None:
        cache_of(settings).changed(session, *WATCHED.intersection(tables))


def cache_of(settings: Settings) -> Cache:
    """One for each process and Redis."""
    return _cache(settings.redis_url.get_secret_value(), settings.service)


_usual: list[Settings] = []


@cache
def _cache(address: str, service: str) -> Cache:
    return Cache(connect(address), service=service, name="views", outbox=Outbox)


@cache
def _listen() -> None:
    event.listen(Session, "after_begin", _remember)
    event.listen(Engine, "before_cursor_execute", _notice)


def _remember(session: Session, _transaction: Any, connection: Any) -> None:
    connection.info[_UNIT] = weakref.ref(session)


def _notice(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    unit = connection.info.get(_UNIT)
    session = unit() if unit is not None else None
    if session is None or not _is_ours(session):
        return
    tables = WATCHED.intersection(_WRITES.findall(statement))
    if tables:
        written(session, *tables)


def _is_ours(session: Session) -> bool:
    database = session.info.get("database")
    return database is not None and database.service == "validation"


assert set(Base.metadata.tables) >= WATCHED
