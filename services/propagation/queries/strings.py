"""Strings and their details: loading for the answer, what stands above and below, what is behind."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, and_, any_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from services.propagation.domain.dependencies import NO_DEPENDENCIES, Dependencies
from services.propagation.domain.values import Above, Value
from services.propagation.models import Detail, Dimension, DimensionValue, String
from shared.errors import NotFound
from shared.tenancy import tenant_of

Rows = Select[Any]


def strings(session: Session) -> Rows:
    """All strings of the workspace, each with its field and its details: two statements."""
    return with_parts(select(String).where(String.tenant_id == tenant_of(session)))


def with_parts(rows: Rows) -> Rows:
    """Lets a select of strings bring what their shape shows."""
    details = selectinload(String.details)
    named = (joinedload(Detail.dimension, innerjoin=True), joinedload(Detail.chosen))
    return rows.options(joinedload(String.field, innerjoin=True), details.options(*named))


def string(session: Session, string_id: int) -> String:
    """One string as it is stored now, with its parts. Raises NotFound: somebody may have deleted it meanwhile."""
    rows = strings(session).where(String.id == string_id)
    found: String | None = session.scalars(rows.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such string.")
    return found


def details(session: Session) -> Rows:
    """All details of the workspace, each with its dimension and value: one statement."""
    named = (joinedload(Detail.dimension, innerjoin=True), joinedload(Detail.chosen))
    return select(Detail).where(Detail.tenant_id == tenant_of(session)).options(*named)


def detail(session: Session, detail_id: int) -> Detail:
    """One detail as it is stored now. Raises NotFound: somebody may have deleted it meanwhile."""
    rows = details(session).where(Detail.id == detail_id)
    found: Detail | None = session.scalars(rows.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such string detail.")
    return found


def detail_of(session: Session, string_id: int, dimension_id: int) -> Detail | None:
    """The string's detail for this dimension, if it has one."""
    rows = details(session).where(Detail.string_id == string_id, Detail.dimension_id == dimension_id)
    found: Detail | None = session.scalars(rows.execution_options(populate_existing=True)).one_or_none()
    return found


def holds_value(value_ids: Any) -> ColumnElement[bool]:
    """Strings with a detail that holds one of these list values."""
    held = select(Detail.id).where(
        Detail.tenant_id == String.tenant_id,
        Detail.string_id == String.id,
        Detail.dimension_value_id.in_(value_ids),
    )
    return held.exists()


def downward(session: Session, root: int, *, levels: int | None) -> CTE:
    """What stands below the root as (id, level, path): its children are level 1, the path leads from it down."""
    return _walk(session, [root], String.parent_id, levels=levels)


def upward(session: Session, ids: Collection[int], *, levels: int | None = None) -> CTE:
    """What stands above as (root, id, level, path): the parent is level 1, the path leads down to the root."""
    return _walk(session, ids, String.id, levels=levels)


def _walk(session: Session, roots: Collection[int], towards: Any, *, levels: int | None) -> CTE:
    """The roots themselves are level 0. A repeated id ends its way, so that nothing loops."""
    tenant, down = tenant_of(session), towards is String.parent_id
    ids = ARRAY(BigInteger)
    start = select(
        String.id.label("root"),
        String.id,
        String.parent_id,
        literal(0, BigInteger).label("level"),
        func.array_append(cast([], ids), String.id, type_=ids).label("path"),
    )
    walk = start.where(String.tenant_id == tenant, String.id.in_(roots)).cte("walk", recursive=True)
    following = aliased(String)
    link = following.parent_id == walk.c.id if down else following.id == walk.c.parent_id
    path = (
        func.array_append(walk.c.path, following.id, type_=ids)
        if down
        else func.array_prepend(following.id, walk.c.path, type_=ids)
    )
    step = (
        select(walk.c.root, following.id, following.parent_id, walk.c.level + 1, path)
        .join(following, and_(following.tenant_id == tenant, link))
        .where(~(following.id == any_(walk.c.path)))
    )
    return walk.union_all(step if levels is None else step.where(walk.c.level < levels))


def placed(session: Session, walk: CTE) -> Rows:
    """(string, level, path) for each string of a walk except its root."""
    rows = select(String, walk.c.level, walk.c.path).join(walk, walk.c.id == String.id)
    return with_parts(rows.where(String.tenant_id == tenant_of(session), walk.c.level > 0))


def find_parent(session: Session, parent_id: int | None, parent_uuid: uuid.UUID | None) -> String | None:
    """The string with this id and this UUID, as far as they are given."""
    asked = [String.id == parent_id] if parent_id is not None else []
    asked += [String.string_uuid == parent_uuid] if parent_uuid is not None else []
    rows = select(String).where(String.tenant_id == tenant_of(session), *asked).options(joinedload(String.field))
    found: String | None = session.scalars(rows).one_or_none()
    return found


def lock_above(session: Session, parents: Collection[int]) -> None:
    """Keeps what stands above new strings as it is until the end of the transaction: two statements.

    The parents themselves count their children, so they are going to be written; what is above is only read. Both in
    the order of a run (ids from above), so that the two do not wait for each other.
    """
    walk = upward(session, parents)
    above = select(String.id).join(walk, walk.c.id == String.id).where(String.tenant_id == tenant_of(session))
    session.execute(above.where(walk.c.level > 0).order_by(String.id).with_for_update(read=True, of=String))
    own = select(String.id).where(String.tenant_id == tenant_of(session), String.id.in_(parents))
    session.execute(own.order_by(String.id).with_for_update(key_share=True))


@dataclass(frozen=True, slots=True)
class Lineage:
    """What the nearest string above holds, by dimension, and (value, source) by custom field."""

    details: Mapping[int, Above] = field(default_factory=dict)
    custom_fields: Mapping[str, tuple[Any, int]] = field(default_factory=dict)


def lineage(session: Session, parent_id: int) -> Lineage:
    """What a child of this string finds above itself, the parent included."""
    return lineages(session, [parent_id]).get(parent_id, Lineage())


def lineages(session: Session, parents: Collection[int]) -> dict[int, Lineage]:
    """What children of each of these strings find above themselves: one statement."""
    walk = upward(session, parents)
    own = and_(Detail.tenant_id == String.tenant_id, Detail.string_id == String.id)
    listed = and_(DimensionValue.tenant_id == Detail.tenant_id, DimensionValue.id == Detail.dimension_value_id)
    rows = session.execute(
        select(
            walk.c.root,
            String.id,
            String.custom_fields,
            String.custom_field_sources,
            Detail.dimension_id,
            Detail.dimension_value_id,
            Detail.dimension_value_freetext,
            DimensionValue.value,
            Detail.source_string_id,
        )
        .join(walk, walk.c.id == String.id)
        .outerjoin(Detail, own)
        .outerjoin(DimensionValue, listed)
        .where(String.tenant_id == tenant_of(session))
        .order_by(walk.c.level)
    )
    details: defaultdict[int, dict[int, Above]] = defaultdict(dict)
    custom: defaultdict[int, dict[str, tuple[Any, int]]] = defaultdict(dict)
    for root, string_id, fields, sources, dimension_id, value_id, text, name, source_id in rows:
        for key, value in fields.items():
            custom[root].setdefault(key, (value, sources.get(key) or string_id))
        if dimension_id is not None:
            value = Value(value_id, text, text if value_id is None else name)
            details[root].setdefault(dimension_id, Above(string_id, value, source_id or string_id))
    return {root: Lineage(details[root], custom[root]) for root in parents}


def dependencies(session: Session, values: Mapping[int, Value]) -> Dependencies:
    """What these values (by dimension) ask of each other: at most two statements."""
    tenant = tenant_of(session)
    parents = select(Dimension.id, Dimension.parent_id).where(
        Dimension.tenant_id == tenant, Dimension.id.in_(values), Dimension.parent_id.in_(values)
    )
    parent_of = {row_id: parent_id for row_id, parent_id in session.execute(parents) if parent_id is not None}
    held = [values[dimension_id].value_id for dimension_id in parent_of]
    if not any(held):
        return NO_DEPENDENCIES
    asked = select(DimensionValue.id, DimensionValue.parent_id).where(
        DimensionValue.tenant_id == tenant, DimensionValue.id.in_(held), DimensionValue.parent_id.is_not(None)
    )
    wanted = {row_id: parent_id for row_id, parent_id in session.execute(asked) if parent_id is not None}
    return Dependencies(parent_of, wanted)


def dimensions_by_id(session: Session, ids: Collection[int]) -> dict[int, Dimension]:
    rows = select(Dimension).where(Dimension.tenant_id == tenant_of(session), Dimension.id.in_(ids))
    return {row.id: row for row in session.scalars(rows)}


class ByName(NamedTuple):
    """Dimensions by name, and their values by (dimension, value)."""

    dimensions: dict[str, Dimension]
    values: dict[tuple[int, str], int]


def by_name(session: Session, names: Collection[str], texts: Collection[str]) -> ByName:
    """The dimensions with these names and those of their values that are among the texts: at most two statements."""
    if not names:
        return ByName({}, {})
    tenant = tenant_of(session)
    known = session.scalars(select(Dimension).where(Dimension.tenant_id == tenant, Dimension.name.in_(names)))
    dimensions = {row.name: row for row in known}
    if not dimensions or not texts:
        return ByName(dimensions, {})
    listed = select(DimensionValue.dimension_id, DimensionValue.value, DimensionValue.id).where(
        DimensionValue.tenant_id == tenant,
        DimensionValue.dimension_id.in_([row.id for row in dimensions.values()]),
        DimensionValue.value.in_(texts),
    )
    values = {(dimension_id, value): row_id for dimension_id, value, row_id in session.execute(listed)}
    return ByName(dimensions, values)


def stale_sources(session: Session, found: Collection[String]) -> dict[int, list[int]]:
    """For each stale string the strings to propagate from: itself or above, with a detail that it is behind with.

    One that only its own name is behind with is its own source; what is incomplete has none.
    """
    stale = [row.id for row in found if row.stale_reason not in (None, "incomplete")]
    if not stale:
        return {}
    walk = upward(session, stale)
    own = aliased(Detail)
    has_dimension = (
        select(own.id)
        .where(own.tenant_id == Detail.tenant_id, own.string_id == walk.c.root, own.dimension_id == Detail.dimension_id)
        .exists()
    )
    rows = session.execute(
        select(walk.c.root, walk.c.id)
        .join(Detail, and_(Detail.tenant_id == tenant_of(session), Detail.string_id == walk.c.id))
        .where(Detail.pending_since.is_not(None), or_(walk.c.level == 0, has_dimension))
        .group_by(walk.c.root, walk.c.id, walk.c.level)
        .order_by(walk.c.root, walk.c.level.desc())
    )
    sources: defaultdict[int, list[int]] = defaultdict(list)
    for root, source in rows:
        sources[root].append(source)
    return {string_id: sources.get(string_id) or [string_id] for string_id in stale}
