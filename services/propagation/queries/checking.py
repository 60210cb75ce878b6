"""What checking stored names needs: pages of strings with their place, their details, their twins, their circles.

Each function is one statement for a whole page.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, any_, cast, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from services.propagation.domain.values import Value
from services.propagation.models import Detail, Dimension, DimensionValue, Field, Rule, String
from services.propagation.queries.strings import upward
from shared.tenancy import tenant_of


class Stored(NamedTuple):
    id: int
    parent_id: int | None
    rule_id: int
    field_id: int
    value: str
    is_auto_generated: bool
    stale_reason: str | None
    is_misplaced: bool


class Held(NamedTuple):
    """A detail, and what keeps its value from being chosen today."""

    value: Value
    is_active: bool
    is_valid: bool


def page(
    session: Session, *, ids: Collection[int] | None = None, rule_id: int | None = None, after: int = 0, limit: int
) -> list[Stored]:
    """Strings in the order of their ids: those with these ids, of one rule, or of the whole workspace."""
    parent, above = aliased(String), aliased(Field)
    tenant = tenant_of(session)
    picked = select(String.id).where(String.tenant_id == tenant, String.id > after).order_by(String.id).limit(limit)
    if ids is not None:
        picked = picked.where(String.id == any_(cast(list(ids), ARRAY(BigInteger))))
    if rule_id is not None:
        picked = picked.where(String.rule_id == rule_id)
    misplaced = or_(
        and_(parent.id.is_not(None), above.next_field_id.is_distinct_from(String.field_id)),
        Rule.platform_id != Field.platform_id,
    )
    rows = (
        select(
            *(String.id, String.parent_id, String.rule_id, String.field_id, String.value),
            *(String.is_auto_generated, String.stale_reason, misplaced),
        )
        .join(Field, and_(Field.tenant_id == tenant, Field.id == String.field_id))
        .join(Rule, and_(Rule.tenant_id == tenant, Rule.id == String.rule_id))
        .outerjoin(parent, and_(parent.tenant_id == tenant, parent.id == String.parent_id))
        .outerjoin(above, and_(above.tenant_id == tenant, above.id == parent.field_id))
        .where(String.tenant_id == tenant, String.id.in_(picked))
        .order_by(String.id)
    )
    return [Stored(*row) for row in session.execute(rows)]


def details(session: Session, ids: Collection[int], *, today: date) -> dict[int, dict[int, Held]]:
    """By string and dimension."""
    tenant = tenant_of(session)
    listed = and_(DimensionValue.tenant_id == tenant, DimensionValue.id == Detail.dimension_value_id)
    is_active = and_(Dimension.status == "active", func.coalesce(DimensionValue.status, "active") == "active")
    is_valid = and_(
        func.coalesce(DimensionValue.valid_from <= today, True),
        func.coalesce(DimensionValue.valid_until >= today, True),
    )
    rows = session.execute(
        select(
            *(Detail.string_id, Detail.dimension_id, Detail.dimension_value_id, Detail.dimension_value_freetext),
            *(DimensionValue.value, is_active, is_valid),
        )
        .join(Dimension, and_(Dimension.tenant_id == tenant, Dimension.id == Detail.dimension_id))
        .outerjoin(DimensionValue, listed)
        .where(Detail.tenant_id == tenant, Detail.string_id == any_(cast(list(ids), ARRAY(BigInteger))))
    )
    found: defaultdict[int, dict[int, Held]] = defaultdict(dict)
    for string_id, dimension_id, value_id, text, name, active, valid in rows:
        value = Value(value_id, text, text if value_id is None else name)
        found[string_id][dimension_id] = Held(value, active, valid)
    return found


def twins(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Strings of these whose name another has with the same rule, field and parent, and the first other one.

    Strings with a parent and those without are looked up apart, so that both find the index of the names.
    """
    tenant, other = tenant_of(session), aliased(String)
    same = and_(
        other.tenant_id == tenant,
        other.rule_id == String.rule_id,
        other.field_id == String.field_id,
        other.value == String.value,
        other.id != String.id,
    )
    places = (other.parent_id == String.parent_id, and_(other.parent_id.is_(None), String.parent_id.is_(None)))
    found = union_all(
        *(
            select(String.id, func.min(other.id))
            .join(other, and_(same, place))
            .where(String.tenant_id == tenant, String.id == any_(cast(list(ids), ARRAY(BigInteger))))
            .group_by(String.id)
            for place in places
        )
    )
    return {string_id: other_id for string_id, other_id in session.execute(found)}


def circling(session: Session, ids: Collection[int]) -> set[int]:
    """Strings of these with no topmost string above them: the way up comes back to where it was."""
    walk = upward(session, ids)
    rows = select(walk.c.root).group_by(walk.c.root).having(func.bool_and(walk.c.parent_id.is_not(None)))
    return set(session.scalars(rows))
