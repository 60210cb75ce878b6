"""The stage: a temporary table that rows of a batch are copied into, page by page, before one statement merges them.

It lives as long as its connection and is emptied by every commit, so a batch that is rolled back leaves nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import psycopg
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.sync.loaders import copying
from services.sync.loaders.targets import TargetTable

ROWS_OF_A_PAGE = 100_000  # more than a page may have: page and row fit into one number
HELPER = "helper_"
AHEAD = 2  # what is copied before the columns of the target: the number and the time of the change
# What lookups find out about a row: null lets it load.
FOUND = ("outcome", "reason", "waiting_table", "waiting_key")
# Number, outcome, code, table and key that the row waits for.
LeftOut = tuple[int, str, str | None, str | None, str | None]


@dataclass(frozen=True)
class Stage:
    """`copied` are the columns of the target that a page brings and `looked_up` those that lookups fill; `helpers` are
    what these match by beside them. Each row's source is staged too where it may be needed after its page has gone: it
    is kept in quarantine where a parent is missing, or a constraint is broken in a batch of several pages."""

    target: TargetTable
    copied: tuple[str, ...]
    looked_up: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    keeps_pages: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.copied, *self.looked_up)

    @property
    def keeps_source(self) -> bool:
        return bool(self.looked_up) or self.keeps_pages

    @cached_property
    def name(self) -> str:
        """Another one for other columns: pipelines share connections."""
        said = "\x1f".join([self.target.name, *self.copied, "", *self.looked_up, "", *self.helpers])
        return f"stage_{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"

    def open(self, session: Session) -> None:
        """Makes it where this connection has none yet."""
        dialect: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # a class without types
        types = {name: self.target.columns[name].type.compile(dialect) for name in self.columns}
        own = [f'"{name}" {types[name]}' for name in self.columns]
        helpers = [f'"{HELPER}{name}" text collate "C"' for name in self.helpers]
        found = [f"{name} text" for name in FOUND]
        columns = ", ".join(["n bigint not null", "changed_at timestamptz", *own, *helpers, "source text", *found])
        session.execute(text(f"create temporary table if not exists {self.name} ({columns}) on commit delete rows"))

    def copy(self, session: Session, columns: Sequence[Sequence[Any]]) -> None:
        """n, changed_at, the copied columns, the helpers and, where it is kept, the source, in this order."""
        names = ["n", "changed_at", *self.copied, *(f"{HELPER}{name}" for name in self.helpers)]
        names += ["source"] if self.keeps_source else []
        listed = ", ".join(f'"{name}"' for name in names)
        with driver(session).cursor().copy(f"copy {self.name} ({listed}) from stdin".encode()) as copy:
            copy.write(copying.lines(columns, jsons=self._jsons))

    @cached_property
    def _jsons(self) -> frozenset[int]:
        """The places of JSON among what is copied."""
        return frozenset(at for at, name in enumerate(self.copied, AHEAD) if self.target.types[name] == "json")

    def numbers(self, session: Session) -> list[int]:
        """Of the rows that are staged, in their order."""
        return [n for (n,) in driver(session).execute(f"select n from {self.name} order by n".encode())]

    def hide_all_but(self, session: Session, numbers: Sequence[int]) -> None:
        hide = f"update {self.name} set outcome = 'hidden' where not n = any(%s) and outcome is null"
        driver(session).execute(hide.encode(), [list(numbers)])

    def leave_out(self, session: Session, n: int) -> dict[str, Any]:
        """Keeps a row from being merged; its values and its source."""
        sql = f"update {self.name} s set outcome = 'reject' where n = %s returning to_jsonb(s)"
        row = driver(session).execute(sql.encode(), [n]).fetchone()
        assert row is not None  # it was staged
        return {name: row[0][name] for name in (*self.columns, "source")}

    def source_of(self, staged: Mapping[str, Any]) -> Any:
        """The row of the source, where the stage has it."""
        source = staged["source"]
        return None if source is None else orjson.loads(source)

    def left_out(self, session: Session) -> list[LeftOut]:
        """Rows that wait or were refused: number, outcome, code, table and key that they wait for."""
        left = "where outcome in ('parked', 'reject') order by n"
        sql = f"select n, outcome, reason, waiting_table, waiting_key from {self.name} {left}"
        return list(driver(session).execute(sql.encode()))


def driver(session: Session) -> psycopg.Connection[Any]:
    """The driver's own connection, for what SQLAlchemy does not speak."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # a session always has one inside its unit of work
    return connection


def numbered(page: int, indexes: Sequence[int]) -> list[int]:
    """The numbers of rows of a page."""
    first = page * ROWS_OF_A_PAGE
    return [first + index for index in indexes]


def position(n: int) -> Mapping[str, int]:
    """Page and row, counted from 1."""
    return {"page": n // ROWS_OF_A_PAGE, "row": n % ROWS_OF_A_PAGE + 1}
