"""What a caller may find: the same as they may list (see queries/seeing.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.workflow.domain.search.entities import AREAS
from services.workflow.queries.seeing import sees_all, sees_own
from shared.tenancy import Context, tenant_of


@dataclass(frozen=True, slots=True)
class Sight:
    """An entity of which the caller may see something; `conditions` of `search_matches` say what."""

    entity: str
    conditions: Mapping[str, Any]


_KNOWN = text(
    "select wanted from unnest(cast(:wanted as text[])) as wanted where exists"
    " (select from search_entries e where e.tenant_id = :tenant and e.entity = wanted)"
)


def known_sights(session: Session, seen: Sequence[Sight]) -> list[Sight]:
    """Those of entities of which the tenant has anything; to ask is far cheaper than a search that finds nothing."""
    wanted = {"wanted": [sight.entity for sight in seen], "tenant": tenant_of(session)}
    known = set(session.scalars(_KNOWN, wanted))
    return [sight for sight in seen if sight.entity in known]


def sights(entities: Iterable[str], context: Context) -> list[Sight]:
    """The entities of these that the caller may see something of, in the order given."""
    found = []
    for entity in entities:
        area = AREAS.get(entity)
        if area is None:
            found.append(Sight(entity, {"permissions": sorted(context.permissions)}))
        elif sees_all(context, area):
            found.append(Sight(entity, {}))
        elif sees_own(context, area):
            found.append(Sight(entity, {"viewer": {"person": context.actor, "teams": sorted(context.teams)}}))
    return found
