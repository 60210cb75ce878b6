"""Many strings at once, as little of each as a batch needs."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from services.propagation.models import Detail, String
from shared.tenancy import tenant_of


class Standing(NamedTuple):
    """Where a string stands and what it has details for: their ids by dimension."""

    parent_id: int | None
    details: dict[int, int]


def standings(session: Session, ids: Collection[int]) -> dict[int, Standing]:
    """These strings as far as they exist: one statement."""
    own = and_(Detail.tenant_id == String.tenant_id, Detail.string_id == String.id)
    rows = session.execute(
        select(String.id, String.parent_id, Detail.dimension_id, Detail.id)
        .outerjoin(Detail, own)
        .where(String.tenant_id == tenant_of(session), String.id.in_(ids))
    )
    found: dict[int, Standing] = {}
    for string_id, parent_id, dimension_id, detail_id in rows:
        standing = found.setdefault(string_id, Standing(parent_id, {}))
        if dimension_id is not None:
            standing.details[dimension_id] = detail_id
    return found


def names_of(session: Session, ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """(value, version) of these strings as they are now: one statement."""
    rows = select(String.id, String.value, String.version).where(
        String.tenant_id == tenant_of(session), String.id.in_(ids)
    )
    return {string_id: (value, version) for string_id, value, version in session.execute(rows)}
