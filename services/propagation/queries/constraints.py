"""The constraints of dimensions, as the domain judges by them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation import models
from services.propagation.domain.constraints import Constraint
from shared.tenancy import tenant_of


def active_constraints(session: Session, dimension_ids: Collection[int]) -> dict[int, list[Constraint]]:
    """By dimension, in their order: one statement, none for no dimension."""
    if not dimension_ids:
        return {}
    row = models.Constraint
    rows = session.execute(
        select(row.dimension_id, row.constraint_type, row.value, row.error_message)
        .where(row.tenant_id == tenant_of(session), row.dimension_id.in_(dimension_ids), row.is_active)
        .order_by(row.dimension_id, row.order)
    )
    found: dict[int, list[Constraint]] = defaultdict(list)
    for dimension_id, kind, value, message in rows:
        found[dimension_id].append(Constraint(kind, value, message))
    return dict(found)


def constraints_in_order(session: Session, dimension_id: int) -> Sequence[models.Constraint]:
    """All of one dimension, the inactive ones too."""
    row = models.Constraint
    rows = select(row).where(row.tenant_id == tenant_of(session), row.dimension_id == dimension_id)
    return session.scalars(rows.order_by(row.order)).all()
