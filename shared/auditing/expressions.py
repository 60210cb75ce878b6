"""`diff` in SQL: field -> [old, new] of the fields that differ, for audit rows that a statement writes itself."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, literal_column, null
from sqlalchemy.dialects.postgresql import JSONB

from shared.auditing.classification import HIDDEN, Classes
from shared.redaction import REDACTED


def changes_of(
    pairs: Mapping[str, tuple[ColumnElement[Any], ColumnElement[Any]]], classification: Classes
) -> ColumnElement[Any]:
    """JSON expression over (old, new) of each field; raises ValueError for a field that nobody classified."""
    parts = []
    for name, (old, new) in pairs.items():
        sides = [_hidden(old), _hidden(new)] if _is_hidden(name, classification) else [old, new]
        change = func.jsonb_build_object(literal_column(f"'{name}'"), func.jsonb_build_array(*sides))
        parts.append(case((old.is_distinct_from(new), change), else_=literal_column("'{}'::jsonb")))
    joined: ColumnElement[Any] = parts[0]
    for part in parts[1:]:
        joined = joined.op("||")(part)
    return joined.cast(JSONB) if len(parts) > 1 else joined


def _is_hidden(name: str, classification: Classes) -> bool:
    # The name becomes part of the statement.
    if not name.isidentifier() or name not in classification:
        raise ValueError(f"the field {name!r} has no class")
    return classification[name] in HIDDEN


def _hidden(side: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((side.is_not(None), literal(REDACTED)), else_=null())
