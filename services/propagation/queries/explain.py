"""What explaining a name needs beside the string itself: where its values came from, and what touched them last."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.propagation.domain.values import Value
from services.propagation.models import Detail, DimensionValue, Field, String, StringVersion
from shared.tenancy import tenant_of


class Source(NamedTuple):
    """A string that something was inherited from; `held` is what it holds now, by dimension."""

    id: int
    value: str
    level: int
    custom_fields: dict[str, object]
    held: dict[int, "Held"]


class Held(NamedTuple):
    value: Value
    is_pending: bool


class LastChange(NamedTuple):
    changed_at: datetime
    changed_by: str | None
    job: uuid.UUID | None


def sources(session: Session, ids: Collection[int]) -> dict[int, Source]:
    """These strings by id with all of their details: one statement."""
    if not ids:
        return {}
    listed = and_(DimensionValue.tenant_id == Detail.tenant_id, DimensionValue.id == Detail.dimension_value_id)
    rows = session.execute(
        select(
            *(String.id, String.value, Field.field_level, String.custom_fields),
            *(Detail.dimension_id, Detail.dimension_value_id, Detail.dimension_value_freetext),
            *(DimensionValue.value, Detail.pending_since),
        )
        .join(Field, and_(Field.tenant_id == String.tenant_id, Field.id == String.field_id))
        .outerjoin(Detail, and_(Detail.tenant_id == String.tenant_id, Detail.string_id == String.id))
        .outerjoin(DimensionValue, listed)
        .where(String.tenant_id == tenant_of(session), String.id.in_(ids))
    )
    found: dict[int, Source] = {}
    for string_id, name, level, custom, dimension_id, value_id, text, listed_value, pending_since in rows:
        source = found.setdefault(string_id, Source(string_id, name, level, custom, {}))
        if dimension_id is not None:
            value = Value(value_id, text, text if value_id is None else listed_value)
            source.held[dimension_id] = Held(value, pending_since is not None)
    return found


def last_changes(session: Session, string_id: int) -> dict[str, LastChange]:
    """The last version that touched each detail and custom field, by their key in versions: one statement."""
    keys = func.jsonb_object_keys(StringVersion.details_before.concat(StringVersion.details)).column_valued(
        "key", joins_implicitly=True
    )
    rows = session.execute(
        select(keys, StringVersion.modified_at, StringVersion.modified_by, StringVersion.job_id)
        .where(StringVersion.tenant_id == tenant_of(session), StringVersion.string_id == string_id)
        .order_by(keys, StringVersion.version.desc())
        .ext(distinct_on(keys))
    )
    return {key: LastChange(*change) for key, *change in rows}
