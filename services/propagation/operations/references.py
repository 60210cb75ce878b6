"""What rows of the structure may refer to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.models import Base
from shared import editing
from shared.errors import FieldError, Invalid


def demand_reference(session: Session, model: type[Base], row_id: int | None, pointer: str) -> Any:
    """The row that a body refers to. Raises UnknownReference `not_found`: missing and foreign look alike."""
    return editing.demand_reference(session, model, row_id, pointer, code="not_found")


def fixed(row: Any, values: Mapping[str, Any], column: str) -> Any:
    """The reference that a row keeps for life: the given one on creation, afterwards only the stored one."""
    if row is None:
        return values[column]
    stored = getattr(row, column)
    if values.get(column, stored) != stored:
        name = column.removesuffix("_id") if column != "user_id" else column
        raise Invalid.field(f"/{name}", "immutable_field", f"{name} cannot be changed.")
    return stored


def demand_acyclic(session: Session, model: type[Any], row: Any, parent_id: int | None) -> None:
    """Raises Invalid `circular_dependency` if `parent_id` is the row itself or stands anywhere below it."""
    if parent_id is None or row is None:
        return
    table = model.__table__
    chain = select(table.c.id, table.c.parent_id).where(table.c.id == parent_id).cte("chain", recursive=True)
    above = select(table.c.id, table.c.parent_id).join(chain, table.c.id == chain.c.parent_id)
    chain = chain.union(above)
    if session.scalar(select(chain.c.id).where(chain.c.id == row.id)) is not None:
        error = FieldError("/parent", "circular_dependency", "The parent stands below this row.")
        raise Invalid(error.detail, code=error.code, errors=[error])
