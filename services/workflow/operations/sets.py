"""Writes to many rows by one statement each: values travel as one JSON parameter."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import BigInteger, FromClause, Table, bindparam, column, func, inspect, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from services.workflow.models import Base, Kept
from shared.auditing.classification import serialised
from shared.tenancy import context_of, tenant_of
from shared.versioning import VersionConflict

Item = TypeVar("Item", bound=Kept)


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Stores rows that all name the same columns; returns their ids in that order."""
    if not rows:
        return []
    table: Table = model.__table__  # type: ignore[assignment]  # a mapped class has one
    names = list(rows[0])
    source = _source(table, names, [dict(row) | {"n": n} for n, row in enumerate(rows)], extra=["n"])
    selected = select(*(source.c[name] for name in names)).order_by(source.c.n)
    statement = insert(table).from_select(names, selected, include_defaults=False).returning(table.c.id)
    return sorted(session.scalars(statement))


def update_rows(session: Session, model: type[Item], changes: Sequence[tuple[Item, Mapping[str, Any]]]) -> None:
    """Writes new values to locked rows and counts their versions up; the rows show them afterwards.

    Rows may change different columns. Raises VersionConflict where a row is not what it was loaded as.
    """
    if not changes:
        return
    session.flush()
    table: Table = model.__table__  # type: ignore[attr-defined]
    names = list(dict.fromkeys(name for _row, values in changes for name in values))
    rows = [
        {"id": row.id, "version": row.version} | {name: values.get(name, getattr(row, name)) for name in names}
        for row, values in changes
    ]
    source = _source(table, ["id", "version", *names], rows)
    same = (table.c.tenant_id == tenant_of(session), table.c.id == source.c.id, table.c.version == source.c.version)
    written = {name: source.c[name] for name in names}
    counted = {"version": table.c.version + 1, "updated_at": func.now(), "updated_by": context_of(session).actor}
    found = session.execute(update(table).where(*same).values(written | counted).returning(table.c.id)).all()
    if len(found) < len(changes):
        raise VersionConflict(expected=changes[0][0].version, actual=None, current_etag=None)
    refresh(session, model, [row.id for row, _values in changes])


def put_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Stores rows that all name the same columns, over those with the same `key` (columns of a unique constraint)."""
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[assignment]  # a mapped class has one
    names = list(rows[0])
    source = _source(table, names, rows)
    statement = insert(table).from_select(names, select(*(source.c[name] for name in names)), include_defaults=False)
    values: dict[str, Any] = {name: statement.excluded[name] for name in names if name not in key}
    values["updated_at"] = func.now()
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def refresh(session: Session, model: type[Any], ids: Sequence[int]) -> None:
    """Loads the rows again, by one statement."""
    rows = select(model).where(model.tenant_id == tenant_of(session), model.id.in_(ids))
    session.scalars(rows.execution_options(populate_existing=True)).all()


def _source(
    table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]], extra: Sequence[str] = ()
) -> FromClause:
    columns = [column(name, table.c[name].type) for name in names] + [column(name, BigInteger) for name in extra]
    parameter = bindparam("items", [serialised(row) for row in rows], JSONB)
    return func.jsonb_to_recordset(parameter).table_valued(*columns).render_derived(name="item", with_types=True)


def column_names(model: type[Base]) -> list[str]:
    return [attribute.key for attribute in inspect(model).column_attrs]
