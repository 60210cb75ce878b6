"""The stage: a temporary table that rows of a batch are copied into, page by page, before one statement merges them.

It lives as long as its connection and is emptied by every commit, so a batch that is rolled back leaves nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
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


@dataclass(frozen=True, slots=True)
class Rows:
    """On their way to the stage: `ahead` and `beside` are columns as they came, `contents` the texts of the columns of
    the target, each row in one piece, and `hashes` what these are known by."""

    ahead: Sequence[Sequence[Any]]
    keys: Sequence[Sequence[str]]
    contents: Sequence[str]
    hashes: Sequence[str]
    beside: Sequence[Sequence[Any]]

    def __len__(self) -> int:
        return len(self.contents)

    def only(self, staying: Sequence[bool]) -> "Rows":
        def left(columns: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
            return [list(compress(values, staying)) for values in columns]

        contents, hashes = left([self.contents, self.hashes])
        return Rows(left(self.ahead), left(self.keys), contents, hashes, left(self.beside))


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
        columns = ", ".join(
            ["n bigint not null", "changed_at timestamptz", *own, "hash uuid", *helpers, "source text", *found]
        )
        session.execute(text(f"create temporary table if not exists {self.name} ({columns}) on commit delete rows"))

    def rows(self, columns: Sequence[Sequence[Any]], key: Sequence[str]) -> Rows:
        """Of n, changed_at, the copied columns, the helpers and, where it is kept, the source, in this order."""
        beside = AHEAD + len(self.copied)
        texts = list(map(self._texts, self.copied, columns[AHEAD:beside]))
        contents = copying.lines(texts)
        keys = [texts[self.copied.index(name)] for name in key if name in self.copied]
        return Rows(columns[:AHEAD], keys, contents, [_hash(text) for text in contents], columns[beside:])

    def _texts(self, name: str, values: Sequence[Any]) -> Sequence[str]:
        """As the column will keep them, as far as that is known before."""
        kind, texts = self.target.types[name], copying.texts
        if kind == "json":
            return texts(copying.json_texts(values))
        scale = getattr(self.target.columns[name].type, "scale", None)
        return texts(values) if scale is None or kind != "decimal" else copying.fixed(texts(values), scale)

    def copy(self, session: Session, rows: Rows) -> None:
        if not rows:
            return
        names = ["n", "changed_at", *self.copied, "hash", *(f"{HELPER}{name}" for name in self.helpers)]
        names += ["source"] if self.keeps_source else []
        listed = ", ".join(f'"{name}"' for name in names)
        ahead, beside = (list(map(copying.texts, columns)) for columns in (rows.ahead, rows.beside))
        lines = copying.lines([*ahead, rows.contents, rows.hashes, *beside])
        with driver(session).cursor().copy(f"copy {self.name} ({listed}) from stdin".encode()) as copy:
            copy.write("\n".join([*lines, ""]).encode())

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


def _hash(content: str) -> str:
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def numbered(page: int, indexes: Sequence[int]) -> list[int]:
    """The numbers of rows of a page."""
    first = page * ROWS_OF_A_PAGE
    return [first + index for index in indexes]


def position(n: int) -> Mapping[str, int]:
    """Page and row, counted from 1."""
    return {"page": n // ROWS_OF_A_PAGE, "row": n % ROWS_OF_A_PAGE + 1}
