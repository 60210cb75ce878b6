"""What is stored of strings, details and values, for rows of a file that name them; one statement each."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.propagation.queries.walk import array, texts
from shared.db import execute_prepared
from shared.tenancy import tenant_of


class Held(NamedTuple):
    """A stored detail; `value` is its effective value."""

    id: int
    value: str | None


class StoredString(NamedTuple):
    id: int
    parent_id: int | None
    field_id: int
    rule_id: int
    value: str
    custom_fields: dict[str, Any]


def stored_strings(session: Session, ids: Collection[int]) -> dict[int, StoredString]:
    rows = execute_prepared(
        session,
        """select id, parent_id, field_id, rule_id, value, custom_fields from strings
           where tenant_id = %(tenant)s and id = any(%(ids)s::bigint[])""",
        {"tenant": tenant_of(session), "ids": array(ids)},
    )
    return {row[0]: StoredString(*row) for row in rows}


def stored_details(session: Session, ids: Collection[int], dimensions: Collection[int]) -> dict[tuple[int, int], Held]:
    """By (string, dimension)."""
    rows = execute_prepared(
        session,
        """select d.string_id, d.dimension_id, d.id, coalesce(v.value, d.dimension_value_freetext)
           from string_details d
           left join dimension_values v on v.tenant_id = d.tenant_id and v.dimension_id = d.dimension_id
               and v.id = d.dimension_value_id
           where d.tenant_id = %(tenant)s and d.string_id = any(%(ids)s::bigint[])
             and d.dimension_id = any(%(dimensions)s::bigint[])""",
        {"tenant": tenant_of(session), "ids": array(ids), "dimensions": array(dimensions)},
    )
    return {(string_id, dimension_id): Held(row_id, value) for string_id, dimension_id, row_id, value in rows}


def value_ids(session: Session, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """List values by (dimension, value)."""
    pairs = list(wanted)
    rows = execute_prepared(
        session,
        """select v.dimension_id, v.value, v.id
           from unnest(%(dimensions)s::bigint[], string_to_array(%(values)s, chr(30))) as w(dimension_id, value)
           join dimension_values v on v.tenant_id = %(tenant)s and v.dimension_id = w.dimension_id
               and v.value = w.value""",
        {
            "tenant": tenant_of(session),
            "dimensions": array(pair[0] for pair in pairs),
            "values": texts(pair[1] for pair in pairs),
        },
    )
    return {(dimension_id, value): row_id for dimension_id, value, row_id in rows}
