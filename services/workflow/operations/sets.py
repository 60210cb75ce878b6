"""Writes to many rows by one statement each: what rows share travels once, what each has of its own in arrays."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Table, func, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from services.workflow.models import Base, Kept
from shared.alike import alike
from shared.auditing.classification import serialised
from shared.tenancy import context_of, tenant_of
from shared.versioning import VersionConflict

Item = TypeVar("Item", bound=Kept)


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Stores rows that all name the same columns; returns their ids in that order."""
    return insert_alike(session, model, rows, range(len(rows)), {})


def insert_alike(
    session: Session,
    model: type[Base],
    looks: Sequence[Mapping[str, Any]],
    which: Sequence[int],
    own: Mapping[str, Sequence[Any]],
) -> list[int]:
    """Stores a row for each entry of `which`, the place of its look, with its `own` columns; returns their ids."""
    if not which:
        return []
    table = _table(model)
    columns = {name: (table.c[name].type, values) for name, values in own.items()}
    source, found = alike([serialised(look) for look in looks], _types(table, looks[0]), which, columns)
    names = [*looks[0], *own]
    selected = select(*(found[name] for name in names)).select_from(source).order_by(found["n"])
    statement = insert(table).from_select(names, selected, include_defaults=False).returning(table.c.id)
    return sorted(session.scalars(statement))


def update_rows(session: Session, model: type[Item], changes: Sequence[tuple[Item, Mapping[str, Any]]]) -> None:
    """Writes new values to locked rows and counts their versions up; the rows show them afterwards.

    Rows may change different columns; those that are given the same mapping share it. Pictures show what they were
    given, rows of the session what the database made of it. Raises VersionConflict where a row is not what it was
    loaded as.
    """
    if not changes:
        return
    session.flush()
    table = _table(model)
    names = list(dict.fromkeys(name for values in {id(one): one for _row, one in changes}.values() for name in values))
    looks, which = _looks(names, changes)
    own: dict[str, Any] = {
        "id": (BigInteger(), [row.id for row, _values in changes]),
        "stored": (BigInteger(), [row.version for row, _values in changes]),
    }
    source, found = alike(looks, _types(table, names), which, own)
    same = (table.c.tenant_id == tenant_of(session), table.c.id == found["id"], table.c.version == found["stored"])
    written = {name: found[name] for name in names}
    counted = {"version": table.c.version + 1, "updated_at": func.now(), "updated_by": context_of(session).actor}
    assert source.onclause is not None  # it joins items with looks
    statement = update(table).where(source.onclause, *same).values(written | counted)
    if isinstance(changes[0][0], model):
        stored = _shown(
            session, statement.returning(table.c.id, *(table.c[name] for name in written | counted)), changes
        )
    else:
        stored = session.execute(statement).rowcount  # type: ignore[attr-defined]  # an update has one
        for row, values in changes:
            row.__dict__ |= {**values, "version": row.version + 1}
    if stored < len(changes):
        raise VersionConflict(expected=changes[0][0].version, actual=None, current_etag=None)


def _shown(session: Session, statement: Any, changes: Sequence[tuple[Any, Mapping[str, Any]]]) -> int:
    """Executes it and shows rows of the session what it returns by id; the number of rows that it found."""
    result = session.execute(statement)
    _id, *names = result.keys()
    values_of = {row_id: values for row_id, *values in result}
    for row, _values in changes:
        for name, value in zip(names, values_of.get(row.id, ()), strict=False):
            set_committed_value(row, name, value)
    return len(values_of)


def put_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Stores rows that all name the same columns, over those with the same `key` (columns of a unique constraint)."""
    if not rows:
        return
    table, names = _table(model), list(rows[0])
    source, found = alike([serialised(row) for row in rows], _types(table, names), range(len(rows)), {})
    selected = select(*(found[name] for name in names)).select_from(source)
    statement = insert(table).from_select(names, selected, include_defaults=False)
    values: dict[str, Any] = {name: statement.excluded[name] for name in names if name not in key}
    values["updated_at"] = func.now()
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def refresh(session: Session, model: type[Any], ids: Sequence[int]) -> None:
    """Loads the rows again, by one statement."""
    rows = select(model).where(model.tenant_id == tenant_of(session), model.id.in_(ids))
    session.scalars(rows.execution_options(populate_existing=True)).all()


def column_names(model: type[Base]) -> list[str]:
    return [attribute.key for attribute in inspect(model).column_attrs]


def _looks(
    names: Sequence[str], changes: Sequence[tuple[Any, Mapping[str, Any]]]
) -> tuple[list[Mapping[str, Any]], list[int]]:
    """The different values, and for each change the place of its own; a column that it does not name stays."""
    looks: list[Mapping[str, Any]] = []
    places: dict[int, int] = {}
    which = []
    for row, values in changes:
        is_whole = len(values) == len(names)
        whole = values if is_whole else {name: values.get(name, getattr(row, name)) for name in names}
        place = places.setdefault(id(whole), len(looks))
        if place == len(looks):
            looks.append(whole)
        which.append(place)
    return [serialised(look) for look in looks], which


def _types(table: Table, names: Iterable[str]) -> dict[str, Any]:
    return {name: table.c[name].type for name in names}


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table
