"""What an edge keeps, in a SQLite file of its own: it survives power cuts, and days without a line."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

SCHEMA = """
create table if not exists promotions (id text primary key, checksum text not null, place integer, body text not null);
create table if not exists staged (id text primary key, checksum text not null, place integer, body text not null);
create table if not exists staged_deletions (id text primary key);
create table if not exists facts (name text primary key, value text not null);
create table if not exists uses (number integer primary key, body text not null);
"""


class Storage:
    """One file. What changes together is written together: `with storage:` is one transaction."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(SCHEMA)

    def __enter__(self) -> "Storage":
        self._connection.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self._connection.__exit__(*failure)

    def close(self) -> None:
        self._connection.close()

    def fact(self, name: str) -> str | None:
        row = self._connection.execute("select value from facts where name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def remember(self, **facts: str | None) -> None:
        """Null forgets."""
        for name, value in facts.items():
            self._connection.execute("delete from facts where name = ?", [name])
            if value is not None:
                self._connection.execute("insert into facts values (?, ?)", [name, value])

    def stage(self, promotions: Iterable[dict[str, Any]], deleted: Iterable[str], *, offset: int) -> None:
        """Lays a page beside what is held; nothing of it counts until the last page is there."""
        rows = [(each["id"], each["checksum"], offset + n, json.dumps(each)) for n, each in enumerate(promotions)]
        self._connection.executemany("insert or replace into staged values (?, ?, ?, ?)", rows)
        self._connection.executemany("insert or ignore into staged_deletions values (?)", [(each,) for each in deleted])

    def staged(self) -> int:
        return int(self._connection.execute("select count(*) from staged").fetchone()[0])

    def unstage(self) -> None:
        self._connection.execute("delete from staged")
        self._connection.execute("delete from staged_deletions")

    def apply(self, *, replace: bool) -> None:
        """Makes what is staged count: in place of everything, or as a difference."""
        gone = "delete from promotions" if replace else (
            "delete from promotions where id in (select id from staged_deletions)"
        )  # fmt: skip
        self._connection.execute(gone)
        self._connection.execute("insert or replace into promotions select * from staged")
        self.unstage()

    def held(self) -> list[tuple[str, str]]:
        """Id and checksum of every promotion."""
        return list(self._connection.execute("select id, checksum from promotions"))

    def promotions(self) -> list[dict[str, Any]]:
        """In the order in which they are executed."""
        found = [json.loads(row[0]) for row in self._connection.execute("select body from promotions")]
        return sorted(found, key=lambda each: (each["execution_priority"], each["name"], each["id"]))

    def note_use(self, use: dict[str, Any]) -> None:
        self._connection.execute("insert into uses (body) values (?)", [json.dumps(use)])

    def uses(self, limit: int) -> list[tuple[int, dict[str, Any]]]:
        rows = self._connection.execute("select number, body from uses order by number limit ?", [limit])
        return [(number, json.loads(body)) for number, body in rows]

    def forget_uses(self, numbers: Iterable[int]) -> None:
        self._connection.executemany("delete from uses where number = ?", [(number,) for number in numbers])
