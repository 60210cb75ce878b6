"""Tables and queries of another PostgreSQL, in one read-only transaction, page by page along a key."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.rows import dict_row
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

from services.sync.clients.databases import parameters_of
from services.sync.domain.components import Component
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.sql import ColumnKind, Where, where
from services.sync.domain.pages import MAX_ROWS, Extractor, Page, Position
from services.sync.domain.partitions import by_ranges
from services.sync.errors import BadResponse, SourceRefused, SourceUnavailable
from services.sync.extractors.sources import Source, number_of, schema
from services.sync.extractors.world import World
from shared.outbound_guard import Rules

_COLUMN = {"type": "string", "minLength": 1, "maxLength": 63}
SCHEMA = {
    **schema(
        ["dsn"],
        dsn={"description": "A reference to the connection string."},
        table={"type": "string", "pattern": r"^[^.]+(\.[^.]+)?$", "description": "Name, or schema.name."},
        query={"type": "string", "minLength": 1},
        key={
            "oneOf": [_COLUMN, {"type": "array", "items": _COLUMN, "minItems": 1}],
            "description": "Unique and never null; absent: the primary key of the table.",
        },
        page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
    ),
    "oneOf": [{"required": ["table"]}, {"required": ["query", "key"]}],
}
PAGE_SIZE = 5_000
_KINDS: dict[int, ColumnKind] = {
    **dict.fromkeys((20, 21, 23, 700, 701, 1700), "number"),
    **dict.fromkeys((25, 1043), "text"),
    16: "boolean",
    1184: "timestamptz",
    1114: "timestamp",
    1082: "date",
}
_PRIMARY_KEY = """
    select attribute.attname from pg_index
    join pg_attribute attribute on attribute.attrelid = indrelid and attribute.attnum = any(indkey)
    where indrelid = to_regclass(%s) and indisprimary order by array_position(indkey::int2[], attribute.attnum)
"""


class _Endless:
    """Dates such as infinity, which Python does not have, come as their text."""

    def load(self, data: Buffer) -> Any:
        try:
            return super().load(data)  # type: ignore[misc]  # the loader that this is mixed into
        except psycopg.DataError:
            return bytes(data).decode()


class _Date(_Endless, DateLoader):
    pass


class _Timestamp(_Endless, TimestampLoader):
    pass


class _Timestamptz(_Endless, TimestamptzLoader):
    pass


class Postgres(Source):
    """Made from the section `source`."""

    filters_itself = True

    def __init__(self, source: Mapping[str, Any], world: World) -> None:
        super().__init__(world)
        self._config = source["config"]
        self._seconds = float(source.get("timeout_seconds", 30))
        self._size = int(self._config.get("page_size", PAGE_SIZE))
        self._connection: psycopg.Connection[dict[str, Any]] | None = None

    def __enter__(self) -> Self:
        dsn = self.world.secrets.resolve(self._config["dsn"])
        given = parameters_of(dsn, self.world.outside(Rules()), seconds=self._seconds)
        try:
            self._connection = psycopg.connect(**given, row_factory=dict_row)
        except psycopg.OperationalError as failure:
            raise SourceUnavailable(f"The database {given['host']} gives no connection.") from failure
        connection = self._connection
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for name, loader in (("date", _Date), ("timestamp", _Timestamp), ("timestamptz", _Timestamptz)):
            connection.adapters.register_loader(name, loader)
        return self

    def __exit__(self, *_failure: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def read(self, start: Position | None, conditions: Sequence[Condition], limit: int | None) -> Iterator[Page]:
        try:
            yield from self._read(start, conditions, limit)
        except psycopg.OperationalError as failure:
            raise SourceUnavailable(
                f"The database stopped answering ({failure.sqlstate or 'connection lost'})."
            ) from failure
        except psycopg.Error as failure:
            raise SourceRefused(f"The database refused the query ({failure.sqlstate}).") from failure

    def _read(self, start: Position | None, conditions: Sequence[Condition], limit: int | None) -> Iterator[Page]:
        self._compare_clocks()
        key = self._key()
        kinds = self._columns({*key, *(condition.field for condition in conditions)})
        self._demand_key(key)
        asked = where(conditions, kinds, zone=self.world.zone)
        size = self._size if limit is None or asked.remaining else min(self._size, limit)
        query = self._query(list(kinds), key, filtered=asked.text)
        position: Position = start or {"after": None, "number": 1}
        while True:
            rows = self._fetch(query(position["after"] is not None), [*asked.values, *(position["after"] or ()), size])
            last = [rows[-1].get(f"__key_{at}") for at in range(len(key))] if rows else []
            for row in rows:
                for at in range(len(key)):
                    del row[f"__key_{at}"]
            number = number_of(position)
            after = {"after": last, "number": number + 1} if len(rows) == size else None
            yield Page(rows, [], position, after, number)
            if after is None:
                return
            position = after

    def divide(self, _by: str, count: int | None, conditions: Sequence[Condition]) -> list[dict[str, Any]]:
        """Ranges of the first column of the key that have equally many rows."""
        try:
            field = self._key()[0]
            asked = where(conditions, self._columns({field, *(one.field for one in conditions)}), zone=self.world.zone)
            return by_ranges(field, self._limits(field, count or 1, asked))
        except psycopg.Error as failure:
            raise SourceRefused(f"The database refused the query ({failure.sqlstate}).") from failure

    def _limits(self, field: str, count: int, asked: Where) -> list[Any]:
        """Ascending, as JSON; any limits would do, so that numbers may lose their fractions."""
        query = sql.SQL("select percentile_disc(%s::float8[]) within group (order by {}) as limits from {}{}").format(
            sql.Identifier(field),
            self._relation(),
            sql.SQL(" where ") + sql.SQL(asked.text) if asked.text else sql.SQL(""),
        )
        (row,) = self._fetch(query, [[at / count for at in range(1, count)], *asked.values])
        return sorted({_limit(value) for value in row["limits"] or () if value is not None})

    def _query(self, columns: Sequence[str], key: Sequence[str], *, filtered: str) -> Any:
        """The statement for the first page and for those after a key."""
        named = sql.SQL(", ").join(map(sql.Identifier, columns))
        marks = sql.SQL(", ").join(
            sql.SQL("{}::text as {}").format(sql.Identifier(name), sql.Identifier(f"__key_{at}"))
            for at, name in enumerate(key)
        )
        keys = sql.SQL(", ").join(map(sql.Identifier, key))
        values = sql.SQL(", ").join(sql.SQL("%s") for _ in key)

        def statement(goes_on: bool) -> sql.Composed:
            tests: list[sql.Composable] = [sql.SQL(filtered)] if filtered else []
            if goes_on:
                tests.append(sql.SQL("({}) > ({})").format(keys, values))
            narrowed = sql.SQL(" where ") + sql.SQL(" and ").join(tests) if tests else sql.SQL("")
            return sql.SQL("select {}, {} from {}{} order by {} limit %s").format(
                named, marks, self._relation(), narrowed, keys
            )

        return statement

    def _relation(self) -> sql.Composable:
        if "table" in self._config:
            return sql.Identifier(*self._config["table"].split("."))
        # Parameters make the protocol take one statement only; a percent sign of the query is no place for one.
        return sql.SQL("({}) as source").format(sql.SQL(self._config["query"].strip().rstrip(";").replace("%", "%%")))

    def _key(self) -> list[str]:
        given = self._config.get("key")
        if given is not None:
            return [given] if isinstance(given, str) else list(given)
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in self._config["table"].split("."))
        found = [row["attname"] for row in self._fetch(_PRIMARY_KEY, [quoted])]
        if not found:
            raise BadResponse(f"The table {self._config['table']} has no primary key; name a key.")
        return found

    def _columns(self, needed: set[str]) -> dict[str, ColumnKind | None]:
        """The columns to ask for: those that somebody looks at, as far as they are there."""
        cursor = self._execute(sql.SQL("select * from {} limit %s").format(self._relation()), [0])
        kinds = {column.name: _KINDS.get(column.type_code) for column in cursor.description or ()}
        wanted = self.world.fields
        if wanted is None:
            return kinds
        names = {name.partition(".")[0] for name in wanted} | wanted | needed
        return {name: kind for name, kind in kinds.items() if name in names}

    def _demand_key(self, key: Sequence[str]) -> None:
        """Rows without a key would be left out in silence. Raises BadResponse."""
        lacking = sql.SQL(" or ").join(sql.SQL("{} is null").format(sql.Identifier(name)) for name in key)
        query = sql.SQL("select 1 as one from {} where {} limit %s").format(self._relation(), lacking)
        if self._fetch(query, [1]):
            raise BadResponse(f"Rows have no value of the key ({', '.join(key)}).")

    def _compare_clocks(self) -> None:
        (row,) = self._fetch("select clock_timestamp() as now where %s", [True])
        self.traffic.clock_behind_seconds = (datetime.now(UTC) - row["now"]).total_seconds()

    def _fetch(self, query: Any, values: Sequence[Any]) -> list[dict[str, Any]]:
        return self._execute(query, values).fetchall()

    def _execute(self, query: Any, values: Sequence[Any]) -> psycopg.Cursor[dict[str, Any]]:
        assert self._connection is not None  # opened by the run
        self.traffic.statuses["ok"] += 1
        return self._connection.execute(query, values)


def _limit(value: Any) -> Any:
    if isinstance(value, int | float | Decimal):
        return int(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def build(source: Mapping[str, Any], world: World) -> Extractor:
    return Postgres(source, world)


COMPONENT = Component("postgres", SCHEMA, build, divides=frozenset({"key_range"}))
