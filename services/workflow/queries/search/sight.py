"""What a caller may find: the same as they may list (see queries/seeing.py)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.workflow.domain.search.entities import AREAS
from services.workflow.queries.seeing import sees_all, sees_own
from shared.tenancy import Context


@dataclass(frozen=True, slots=True)
class Sight:
    """An entity of which the caller may see something; `conditions` of `search_matches` say what."""

    entity: str
    conditions: Mapping[str, Any]


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
