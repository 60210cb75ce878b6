"""The loader of other PostgreSQLs: what its configuration has to say, and the statements that write there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from psycopg import sql

from services.sync.domain.components import Component
from services.sync.loaders.targets import TargetTable

_COLUMN = {"type": "string", "minLength": 1, "maxLength": 63}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["dsn", "table", "key"],
    "properties": {
        "dsn": {"description": "A reference to the connection string."},
        "table": {"type": "string", "pattern": r"^[^.]+(\.[^.]+)?$", "description": "Name, or schema.name."},
        "key": {"anyOf": [_COLUMN, {"type": "array", "minItems": 1, "uniqueItems": True, "items": _COLUMN}]},
    },
}
_STAGE, _MARKS = sql.Identifier("concord_stage"), sql.Identifier("concord_loads")


class Written(NamedTuple):
    """What became of a row; `before` are the values that it had."""

    outcome: str
    code: str = ""
    text: str = ""
    before: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Elsewhere:
    """A table in another database. Each call is a transaction there."""

    connection: psycopg.Connection[Any]
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def merge(
        self, rows: Sequence[Mapping[str, Any]], *, update_existing: bool = True, is_dry: bool = False
    ) -> list[Written]:
        """Writes what differs. A row that breaks a constraint is found by halving; the others are written."""
        return list(self._halving(rows, lambda some: self._merge(some, update_existing, is_dry)))

    def append(self, rows: Sequence[Mapping[str, Any]], *, marks: Sequence[str]) -> list[Written]:
        """Adds them all, but none whose mark is there already: a mark is written in the same transaction."""
        marked = [{**row, "": mark} for row, mark in zip(rows, marks, strict=True)]
        return list(self._halving(marked, self._append))

    def _halving(self, rows: Sequence[Mapping[str, Any]], write: Any) -> Iterator[Written]:
        if not rows:
            return
        try:
            with self.connection.transaction():
                written = write(rows)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as failure:
            if len(rows) == 1:
                name = getattr(failure.diag, "constraint_name", None) or "a rule of the table"
                yield Written("errors", "constraint", f"The row breaks {name}.")
                return
            middle = len(rows) // 2
            yield from self._halving(rows[:middle], write)
            yield from self._halving(rows[middle:], write)
            return
        yield from written

    def _merge(self, rows: Sequence[Mapping[str, Any]], update_existing: bool, is_dry: bool) -> list[Written]:
        self._stage(rows)
        mine, theirs = self._listed("s"), self._listed("t")
        old = sql.SQL("select s.n, row({}) is not distinct from row({}), {} from {} s join {} t on {}").format(
            mine, theirs, theirs, _STAGE, self._table, self._matching
        )
        present = {row[0]: (row[1], dict(zip(self.columns, row[2:], strict=True))) for row in self._run(old)}
        if not is_dry:
            if update_existing:
                self._run(
                    sql.SQL("update {} t set {} from {} s where {} and row({}) is distinct from row({})").format(
                        self._table, self._assigned, _STAGE, self._matching, mine, theirs
                    )
                )
            self._run(
                sql.SQL("insert into {} ({}) select {} from {} s where not exists (select from {} t where {})").format(
                    self._table, self._listed(), mine, _STAGE, self._table, self._matching
                )
            )
        changed = Written("updated") if update_existing else Written("skipped", "exists")
        return [
            Written("created")
            if n not in present
            else Written("unchanged")
            if present[n][0]
            else changed._replace(before=present[n][1])
            for n in range(len(rows))
        ]

    def _append(self, rows: Sequence[Mapping[str, Any]]) -> list[Written]:
        self._run(sql.SQL("create table if not exists {} (mark text primary key)").format(_MARKS))
        mark = sql.SQL("insert into {} select unnest(%s::text[]) on conflict do nothing returning mark").format(_MARKS)
        new = {row[0] for row in self._run(mark, [[row[""] for row in rows]])}
        self._stage([row for row in rows if row[""] in new])
        self._run(
            sql.SQL("insert into {} ({}) select {} from {} s order by n").format(
                self._table, self._listed(), self._listed("s"), _STAGE
            )
        )
        return [Written("created")] * len(rows)

    def _stage(self, rows: Sequence[Mapping[str, Any]]) -> None:
        made = sql.SQL("create temporary table {} on commit drop as select 0 as n, {} from {} with no data")
        self._run(made.format(_STAGE, self._listed(), self._table))
        copied = sql.SQL("copy {} (n, {}) from stdin").format(_STAGE, self._listed())
        with self.connection.cursor().copy(copied) as copy:
            for n, row in enumerate(rows):
                copy.write_row([n, *(_plain(row.get(name)) for name in self.columns)])

    def _run(self, statement: sql.Composed, values: Sequence[Any] = ()) -> list[Any]:
        cursor = self.connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    @property
    def _table(self) -> sql.Identifier:
        return sql.Identifier(*self.table.split("."))

    @property
    def _matching(self) -> sql.Composable:
        return sql.SQL(" and ").join(
            sql.SQL("t.{} = s.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in self.key
        )

    @property
    def _assigned(self) -> sql.Composable:
        names = [sql.Identifier(name) for name in self.columns]
        return sql.SQL(", ").join(sql.SQL("{} = s.{}").format(name, name) for name in names)

    def _listed(self, of: str | None = None) -> sql.Composable:
        names = ((name,) if of is None else (of, name) for name in self.columns)
        return sql.SQL(", ").join(sql.Identifier(*name) for name in names)


def _plain(value: Any) -> Any:
    return json.dumps(value, default=str) if isinstance(value, dict | list) else value


def stand_in(config: Mapping[str, Any], fields: Sequence[str]) -> TargetTable:
    """In the place of a table here: its columns are the mapped fields."""
    table = sa.Table(str(config["table"]), sa.MetaData(), *(sa.Column(field, sa.Text) for field in fields))
    return TargetTable(f"postgres:{config['table']}", table, dict(table.columns))


COMPONENT = Component("postgres", SCHEMA, Elsewhere)
