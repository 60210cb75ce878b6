"""Statements that write a table in another database: for each block of rows the same few, in a transaction there."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from services.sync.loaders.verdicts import WRITTEN, Present

_STAGE, _BATCHES = sql.Identifier("concord_stage"), sql.Identifier("concord_batches")
REMOVE = "remove"
VERSION_COLUMNS = ("valid_from", "valid_to", "is_current")

Row = Mapping[str, Any]


class Written(NamedTuple):
    """What became of a row; `before` are the values that it had, `mark` is of what it is now."""

    verdict: str
    code: str = ""
    text: str = ""
    before: Row | None = None
    mark: str | None = None


class Offered(NamedTuple):
    """A row, when its version would begin, and what is to be done with it, given what is there."""

    row: Row
    begins: datetime
    verdict: Callable[[Present | None], str]


@dataclass(frozen=True)
class Elsewhere:
    """A table in another database. `edited` is its column with the time of an edit; `versions`: it keeps every version
    of a row; `on_delete` is `remove`, or the column that says of a row that it is gone."""

    connection: psycopg.Connection[Any]
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    edited: str | None = None
    versions: bool = False
    on_delete: str | None = None

    def merge(self, offered: Sequence[Offered], *, is_dry: bool = False) -> list[Written]:
        """Writes what has to be. A row that breaks a constraint is found by halving; the others are written."""
        return list(self._halving(offered, lambda some: self._merge(some, is_dry)))

    def append(self, rows: Sequence[Row], *, run: str, batch: str) -> list[Written]:
        """Adds them all, but nothing of a batch that was added before: that is noted in the same transaction."""
        mine = sql.SQL("where run = %s and batch = %s")
        with self.connection.transaction():
            self._run(
                sql.SQL(
                    "create table if not exists {} (run text, batch text, bad integer[] not null default '{{}}',"
                    " primary key (run, batch))"
                ).format(_BATCHES)
            )
            note = sql.SQL("insert into {} (run, batch) values (%s, %s) on conflict do nothing returning batch")
            if not self._run(note.format(_BATCHES), [run, batch]):
                ((bad,),) = self._run(sql.SQL("select bad from {} {}").format(_BATCHES, mine), [run, batch])
                return [_refused("a rule of the table") if at in bad else Written("create") for at in range(len(rows))]
            written = list(self._halving(rows, self._append))
            found = [at for at, one in enumerate(written) if one.code]
            if found:
                self._run(sql.SQL("update {} set bad = %s {}").format(_BATCHES, mine), [found, run, batch])
            return written

    def remove(self, rows: Sequence[Row], *, ended_at: datetime) -> list[Written]:
        """Ends the rows of these keys in the way of the table; one that a constraint holds is told as refused."""
        return list(self._halving(rows, lambda some: self._remove(some, ended_at)))

    def _halving(self, rows: Sequence[Any], write: Any) -> Iterator[Written]:
        if not rows:
            return
        try:
            with self.connection.transaction():
                written = write(rows)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as failure:
            if len(rows) == 1:
                yield _refused(getattr(failure.diag, "constraint_name", None) or "a rule of the table")
                return
            middle = len(rows) // 2
            yield from self._halving(rows[:middle], write)
            yield from self._halving(rows[middle:], write)
            return
        yield from written

    # A block, in its transaction

    def _merge(self, offered: Sequence[Offered], is_dry: bool) -> list[Written]:
        self._stage([one.row for one in offered], self.columns)
        present = self._present(locks=not is_dry)
        verdicts = [one.verdict(present.get(n)) for n, one in enumerate(offered)]
        marks: Mapping[int, str] = {}
        if not is_dry:
            self._write(offered, verdicts, present)
            marks = {n: mark for n, mark in self._run(self._joined(sql.SQL("s.n, {}").format(self._mark)))}
        self._drop()
        return [
            Written(verdict, before=present[n].values if n in present else None, mark=marks.get(n))
            for n, verdict in enumerate(verdicts)
        ]

    def _present(self, *, locks: bool) -> dict[int, Present]:
        mine, theirs = self._listed("s"), self._listed("t")
        columns = sql.SQL("s.n, row({}) is not distinct from row({}), {}, {}, {}, {}").format(
            mine, theirs, self._mark, self._own(self.edited), self._own("valid_from" if self.versions else None), theirs
        )
        found = self._run(self._joined(columns) + sql.SQL(" for update of t" if locks else ""))
        return {
            row[0]: Present(row[1], row[2], row[3], row[4], dict(zip(self.columns, row[5:], strict=True)))
            for row in found
        }

    def _write(self, offered: Sequence[Offered], verdicts: Sequence[str], present: Mapping[int, Present]) -> None:
        wanted = {
            word: [n for n, verdict in enumerate(verdicts) if verdict == word]
            for word in ("create", "update", "restore")
        }
        begins = [
            max(one.begins, (present[n].valid_from if n in present else None) or one.begins)
            for n, one in enumerate(offered)
        ]
        if self.versions:
            self._end_versions(wanted["update"] + wanted["restore"], begins)
            self._add(sorted(n for chosen in wanted.values() for n in chosen), begins)
            return
        changed = sql.SQL("update {} t set {} from {} s where {} and s.n = any(%s)")
        for chosen, assigned in ((wanted["update"], self._assigned), (wanted["restore"], self._restored)):
            if chosen:
                self._run(changed.format(self._table, assigned, _STAGE, self._matching), [chosen])
        self._add(wanted["create"], begins)

    def _add(self, chosen: Sequence[int], begins: Sequence[datetime]) -> None:
        own, values = self._listed(), self._listed("s")
        if self.versions:
            own += sql.SQL(", ") + sql.SQL(", ").join(map(sql.Identifier, VERSION_COLUMNS))
            values += sql.SQL(", d.begins, null, true")
        statement = sql.SQL(
            "insert into {} ({}) select {} from {} s join unnest(%s::int[], %s::timestamptz[]) as d (n, begins)"
            " on d.n = s.n where not exists (select from {} t where {}) order by s.n"
        ).format(self._table, own, values, _STAGE, self._table, self._matching)
        if chosen:
            self._run(statement, [list(chosen), [begins[n] for n in chosen]])

    def _end_versions(self, chosen: Sequence[int], begins: Sequence[datetime]) -> None:
        statement = sql.SQL(
            "update {} t set valid_to = d.begins, is_current = false from {} s"
            " join unnest(%s::int[], %s::timestamptz[]) as d (n, begins) on d.n = s.n where {}"
        ).format(self._table, _STAGE, self._matching)
        if chosen:
            self._run(statement, [list(chosen), [begins[n] for n in chosen]])

    def _append(self, rows: Sequence[Row]) -> list[Written]:
        self._stage(rows, self.columns)
        self._run(
            sql.SQL("insert into {} ({}) select {} from {} s order by n").format(
                self._table, self._listed(), self._listed("s"), _STAGE
            )
        )
        self._drop()
        return [Written("create")] * len(rows)

    def _remove(self, rows: Sequence[Row], ended_at: datetime) -> list[Written]:
        self._stage(rows, self.key)
        if self.versions:
            ending = sql.SQL("valid_to = greatest({}, t.valid_from), is_current = false").format(ended_at)
        else:
            ending = sql.SQL("{} = {}").format(
                sql.Identifier(str(self.on_delete)), sql.SQL("true" if self._is_flag else "now()")
            )
        changed = sql.SQL("update {} t set {} from {} s where {}")
        if self.on_delete == REMOVE and not self.versions:
            self._run(sql.SQL("delete from {} t using {} s where {}").format(self._table, _STAGE, self._matching))
        else:
            self._run(changed.format(self._table, ending, _STAGE, self._matching))
        self._drop()
        return [Written("delete")] * len(rows)

    def _stage(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        made = sql.SQL("create temporary table {} on commit drop as select 0 as n, {} from {} with no data")
        self._run(made.format(_STAGE, listed, self._table))
        with self.connection.cursor().copy(sql.SQL("copy {} (n, {}) from stdin").format(_STAGE, listed)) as copy:
            for n, row in enumerate(rows):
                copy.write_row([n, *(_plain(row.get(name)) for name in columns)])

    def _drop(self) -> None:
        """The transaction may be part of a larger one, with other blocks to come."""
        self._run(sql.SQL("drop table {}").format(_STAGE))

    def _run(self, statement: sql.SQL | sql.Composed, values: Sequence[Any] = ()) -> list[Any]:
        cursor = self.connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []

    # Parts of statements

    @cached_property
    def _is_flag(self) -> bool:
        """Whether the column that says of a row that it is gone is true or false; else it is a time."""
        if self.on_delete in (None, REMOVE):
            return False
        column = sql.Identifier(str(self.on_delete))
        found = self._run(sql.SQL("select pg_typeof((null::{}).{})::text").format(self._table, column))
        return bool(found[0][0] == "boolean")

    @property
    def _table(self) -> sql.Identifier:
        return sql.Identifier(*self.table.split("."))

    def _joined(self, columns: sql.Composable) -> sql.Composed:
        return sql.SQL("select {} from {} s join {} t on {}").format(columns, _STAGE, self._table, self._matching)

    @property
    def _matching(self) -> sql.Composed:
        """With the present version of a row, where there are several."""
        same = [sql.SQL("t.{} = s.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in self.key]
        return sql.SQL(" and ").join([*same, sql.SQL("t.is_current")] if self.versions else same)

    @property
    def _mark(self) -> sql.Composed:
        """Of which columns, and of their values there."""
        prefix = blake2b("\x1f".join(self.columns).encode(), digest_size=6).hexdigest()
        return sql.SQL("{} || md5(row({})::text)").format(sql.Literal(f"{prefix}:"), self._listed("t"))

    @property
    def _assigned(self) -> sql.Composable:
        names = [sql.Identifier(name) for name in self.columns]
        return sql.SQL(", ").join(sql.SQL("{} = s.{}").format(name, name) for name in names)

    @property
    def _restored(self) -> sql.Composable:
        if self.on_delete in (None, REMOVE):
            return self._assigned
        living = sql.SQL("false" if self._is_flag else "null")
        return self._assigned + sql.SQL(", {} = {}").format(sql.Identifier(str(self.on_delete)), living)

    def _own(self, column: str | None) -> sql.Composable:
        """A time of the table itself."""
        if column is None:
            return sql.SQL("null::timestamptz")
        return sql.SQL("t.{}::timestamptz").format(sql.Identifier(column))

    def _listed(self, of: str | None = None) -> sql.Composable:
        names = ((name,) if of is None else (of, name) for name in self.columns)
        return sql.SQL(", ").join(sql.Identifier(*name) for name in names)


def outcome_of(written: Written) -> str:
    """As a run counts it."""
    return WRITTEN.get(written.verdict) or (
        written.verdict if written.verdict in ("unchanged", "errors") else "skipped"
    )


def _refused(constraint: str) -> Written:
    return Written("errors", "constraint", f"The row breaks {constraint}.")


def _plain(value: Any) -> Any:
    return json.dumps(value, default=str) if isinstance(value, dict | list) else value
