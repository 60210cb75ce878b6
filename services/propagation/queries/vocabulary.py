"""The lists that names are read with."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from services.propagation.domain.vocabulary import Known, Vocabulary
from services.propagation.models import Dimension, DimensionValue
from shared.tenancy import tenant_of


def vocabulary_of(
    session: Session,
    dimension_ids: Collection[int],
    *,
    today: date,
    name: str | None = None,
    texts: Collection[str] | None = None,
) -> Vocabulary:
    """The values of these dimensions, with whether they may be chosen today: two statements.

    With `name` only those that stand somewhere in it, with `texts` only these: a list may be long.
    """
    tenant, value = tenant_of(session), DimensionValue
    dimensions = session.execute(
        select(Dimension.id, Dimension.type, Dimension.status, Dimension.parent_id).where(
            Dimension.tenant_id == tenant, Dimension.id.in_(dimension_ids)
        )
    ).all()
    lists: dict[int, dict[str, Known]] = {row.id: {} for row in dimensions if row.type == "list"}
    usable = {row.id for row in dimensions if row.status == "active"}
    rows = session.execute(
        select(value.dimension_id, value.value, value.id, value.parent_id, _is_usable(today)).where(
            value.tenant_id == tenant,
            value.dimension_id.in_(lists),
            *([func.strpos(literal(name), value.value) > 0] if name is not None else []),
            *([value.value.in_(texts)] if texts is not None else []),
        )
    )
    for dimension_id, text, row_id, parent_id, is_usable in rows:
        lists[dimension_id][text] = Known(row_id, is_usable and dimension_id in usable, parent_id)
    return Vocabulary(lists, {row.id: row.parent_id for row in dimensions if row.parent_id is not None})


def _is_usable(today: date) -> ColumnElement[bool]:
    value = DimensionValue
    return (
        (value.status == "active")
        & or_(value.valid_from.is_(None), value.valid_from <= today)
        & or_(value.valid_until.is_(None), value.valid_until >= today)
    )
