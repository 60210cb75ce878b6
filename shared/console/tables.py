"""Every table of a service, row by row, for superusers: what no other page shows.

Off unless CONCORD_SUPERUSER_TABLES is set. Rows are read as the application reads them, of the tenant alone and
without personal and secret columns. What is changed is changed by the API's own PATCH and DELETE of that resource, so
permissions, rules, versions and audit are those of every other change; what the API does not change, nobody does here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, MetaData, Row, Table, Text, cast, inspect, literal, select, text, tuple_

from shared.auditing.classification import HIDDEN, classes_of, serialised
from shared.config import Settings
from shared.console import api
from shared.console.pages import Pages, Values, done
from shared.console.queues import PERMISSION
from shared.current import current_session
from shared.errors import Invalid, NotFound
from shared.redaction import REDACTED

AT_ONCE: Final = 50
_READABLE = text("select relname from pg_class where relkind in ('r', 'p') and has_table_privilege(oid, 'select')")


@dataclass(frozen=True)
class _Known:
    """The tables of a service that belong to tenants."""

    service: str
    tables: Mapping[str, Table]

    def named(self, name: str) -> Table:
        if name not in self.tables or name not in _readable():
            raise NotFound("There is no such table.")
        return self.tables[name]

    def address(self, table: Table, key: Sequence[str]) -> str:
        return f"/{self.service}/tables/{table.name}/row?{urlencode([('key', value) for value in key])}"


def superuser_pages(settings: Settings, model: type[Any]) -> Sequence[Pages]:
    """`model` is any of the service's: its tables are those of the same metadata."""
    if not settings.superuser_tables:
        return ()
    metadata: MetaData = inspect(model).local_table.metadata
    tables = {table.name: table for table in metadata.sorted_tables if "tenant_id" in table.columns}
    pages = Pages(settings.service, "tables", __name__, folder="console")
    _add_reading(pages, _Known(settings.service, tables))
    _add_writing(pages, _Known(settings.service, tables))
    return (pages,)


def _add_reading(pages: Pages, known: _Known) -> None:
    @pages.page("/tables", PERMISSION, menu="Tables")
    def tables() -> Values:
        return {"tables": sorted(known.tables.keys() & _readable())}

    @pages.page("/tables/<name>", PERMISSION)
    def table(name: str) -> Values:
        found = known.named(name)
        rows = _rows(found, flask.request.args)
        listed = [(known.address(found, _key(found, row)), _shown(found, row)) for row in rows[:AT_ONCE]]
        more = urlencode([("after", value) for value in _key(found, rows[AT_ONCE - 1])]) if len(rows) > AT_ONCE else ""
        shown = {"table": name, "columns": list(found.columns.keys()), "rows": listed, "more": more}
        return shown | {"visible": sorted(_visible(found))}

    @pages.page("/tables/<name>/row", PERMISSION)
    def table_row(name: str) -> Values:
        found, key = known.named(name), flask.request.args.getlist("key")
        row = current_session().execute(select(found).where(*_is(found, key))).one_or_none()
        if row is None:
            raise NotFound("There is no such row.")
        shown: dict[str, Any] = {
            "table": name,
            "row": _shown(found, row),
            "address": known.address(found, key),
            "document": None,
        }
        if resource := _resource(found, key):
            document = api.get(resource)
            shown |= {"document": document, "tag": document.etag, "may_go": _takes(resource, "DELETE")}
        return shown


def _add_writing(pages: Pages, known: _Known) -> None:
    @pages.form("/tables/<name>/row", PERMISSION)
    def change_row(name: str) -> ResponseReturnValue:
        found, key = known.named(name), flask.request.args.getlist("key")
        resource, tag = _resource(found, key), flask.request.form.get("tag")
        if resource is None:
            raise NotFound("Rows of this table are not changed here.")
        if flask.request.form.get("delete"):
            api.delete(resource, if_match=tag)
            return done("It is gone.", to=f"/{known.service}/tables/{name}")
        answer = api.patch(resource, _changes(api.get(resource), flask.request.form["document"]), if_match=tag)
        return done("A worker does it." if answer.is_pending else "Changed.", to=known.address(found, key))


def _readable() -> set[str]:
    """What the application's role may read at all."""
    return set(current_session().scalars(_READABLE))


def _key_columns(table: Table) -> list[ColumnElement[Any]]:
    return [column for column in table.primary_key.columns if column.name != "tenant_id"]


def _key(table: Table, row: Row[Any]) -> list[str]:
    return [str(serialised(row._mapping[column])) for column in _key_columns(table)]


def _rows(table: Table, asked: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """One more than is shown, in the order of the key, after `after`; `column` may be asked to be `value`."""
    query = select(table).order_by(*_key_columns(table)).limit(AT_ONCE + 1)
    after = flask.request.args.getlist("after")
    if after:
        query = query.where(tuple_(*_key_columns(table)) > tuple_(*_typed(table, after)))
    if (name := asked.get("column")) in _visible(table) and asked.get("value"):
        query = query.where(cast(table.columns[name], Text) == asked["value"])
    return current_session().execute(query).all()


def _is(table: Table, key: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    return (column == value for column, value in zip(_key_columns(table), _typed(table, key), strict=True))


def _typed(table: Table, key: Sequence[str]) -> list[Any]:
    columns = _key_columns(table)
    if len(key) != len(columns):
        raise NotFound("There is no such row.")
    try:
        return [_value(column, value) for column, value in zip(columns, key, strict=True)]
    except ValueError:
        raise NotFound("There is no such row.") from None


def _value(column: ColumnElement[Any], value: str) -> Any:
    kind = column.type.python_type
    return kind(value) if kind in (int, str, UUID) else cast(literal(value), column.type)


def _visible(table: Table) -> set[str]:
    return {name for name, found in classes_of(table).items() if found not in HIDDEN}


def _shown(table: Table, row: Row[Any]) -> dict[str, Any]:
    visible = _visible(table)
    return {
        column.name: serialised(row._mapping[column])
        if column.name in visible or row._mapping[column] is None
        else REDACTED
        for column in table.columns
    }


def _resource(table: Table, key: Sequence[str]) -> str | None:
    """Where the API has this row, if it has one and lets it be changed."""
    found = f"{table.name.replace('_', '-')}/{key[0]}"
    return found if len(key) == 1 and _takes(found, "PATCH") else None


def _takes(resource: str, method: str) -> bool:
    """Whether there is a route for it. A path of two words leads to an item, or to nothing of the kind."""
    adapter = flask.current_app.url_map.bind("")
    path = f"/api/{flask.current_app.name}/v1/{resource}"
    return method in adapter.allowed_methods(path)


def _changes(before: Mapping[str, Any], document: str) -> dict[str, Any]:
    try:
        after = json.loads(document)
    except ValueError as failure:
        raise Invalid(f"This is not JSON: {failure}.") from None
    if not isinstance(after, dict):
        raise Invalid("A row is an object.")
    return {name: value for name, value in after.items() if name not in before or before[name] != value}
