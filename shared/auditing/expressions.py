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


def changes_sql(pairs: Mapping[str, tuple[str, str]], classification: Classes) -> str:
    """The same as text, over SQL expressions of the service's own."""
    return " || ".join(_change_sql(name, old, new, classification) for name, (old, new) in pairs.items())


def _change_sql(name: str, old: str, new: str, classification: Classes) -> str:
    hidden = _is_hidden(name, classification)
    sides = [f"case when ({side}) is not null then '{REDACTED}' end" if hidden else side for side in (old, new)]
    change = f"jsonb_build_object('{name}', jsonb_build_array({', '.join(sides)}))"
    return f"case when ({old}) is distinct from ({new}) then {change} else '{{}}'::jsonb end"


def _is_hidden(name: str, classification: Classes) -> bool:
    # The name becomes part of the statement.
    if not name.isidentifier() or name not in classification:
        raise ValueError(f"the field {name!r} has no class")
    return classification[name] in HIDDEN


def _hidden(side: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((side.is_not(None), literal(REDACTED)), else_=null())
