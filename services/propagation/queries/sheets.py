"""Strings as the rows of a sheet: which columns there are, and page after page of what stands in them."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.propagation.models import Detail, Dimension, DimensionValue, Field, String
from shared.db import plan_for_lookups
from shared.tenancy import tenant_of

PAGE = 2000


class SheetColumns(NamedTuple):
    """Dimensions that at least one of the strings has (id, name), and keys of their custom fields."""

    dimensions: list[tuple[int, str]]
    custom: list[str]


@dataclass(slots=True)
class SheetRow:
    """A string with its effective values by dimension."""

    string_id: int
    parent_id: int | None
    field: str
    value: str
    custom_fields: dict[str, Any]
    values: dict[int, str | None] = dataclasses.field(default_factory=dict)


def columns_of(session: Session, keeps: Sequence[ColumnElement[bool]]) -> SheetColumns:
    """Of the strings that fulfil the conditions; two statements."""
    tenant = tenant_of(session)
    held = (
        select(Detail.id)
        .join(String, (String.tenant_id == Detail.tenant_id) & (String.id == Detail.string_id))
        .where(Detail.tenant_id == tenant, Detail.dimension_id == Dimension.id, *keeps)
        .correlate(Dimension)
    )
    dimensions = select(Dimension.id, Dimension.name).where(Dimension.tenant_id == tenant, held.exists())
    keys = select(func.jsonb_object_keys(String.custom_fields).label("key")).where(
        String.tenant_id == tenant, String.custom_fields != {}, *keeps
    )
    found = keys.subquery()
    return SheetColumns(
        [(row_id, name) for row_id, name in session.execute(dimensions.order_by(Dimension.id))],
        list(session.scalars(select(found.c.key).distinct().order_by(found.c.key))),
    )


def pages_of(session: Session, keeps: Sequence[ColumnElement[bool]], *, size: int = PAGE) -> Iterator[list[SheetRow]]:
    """In the order of their ids, two statements a page."""
    plan_for_lookups(session)
    last = 0
    while page := _strings(session, keeps, after=last, size=size):
        last = page[-1].string_id
        _add_values(session, {row.string_id: row for row in page})
        yield page


def _strings(session: Session, keeps: Sequence[ColumnElement[bool]], *, after: int, size: int) -> list[SheetRow]:
    rows = (
        select(String.id, String.parent_id, Field.name, String.value, String.custom_fields)
        .join(Field, (Field.tenant_id == String.tenant_id) & (Field.id == String.field_id))
        .where(String.tenant_id == tenant_of(session), String.id > after, *keeps)
        .order_by(String.id)
        .limit(size)
    )
    return [SheetRow(*row) for row in session.execute(rows)]


def _add_values(session: Session, rows: dict[int, SheetRow]) -> None:
    listed = (
        (DimensionValue.tenant_id == Detail.tenant_id)
        & (DimensionValue.dimension_id == Detail.dimension_id)
        & (DimensionValue.id == Detail.dimension_value_id)
    )
    found = (
        select(
            Detail.string_id,
            Detail.dimension_id,
            func.coalesce(DimensionValue.value, Detail.dimension_value_freetext),
        )
        .outerjoin(DimensionValue, listed)
        .where(Detail.tenant_id == tenant_of(session), Detail.string_id == func.any(list(rows)))
    )
    for string_id, dimension_id, value in session.execute(found):
        rows[string_id].values[dimension_id] = value
