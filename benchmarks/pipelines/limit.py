"""The least that it can cost: COPY of the ready CSV into an unlogged table, and a merge that joins first and writes
only what is new or different. Typed columns, a primary key, the catalogue's number of indexes; no tenants or checks."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.pipelines.data import COLUMNS

_NAMES = list(COLUMNS)
_OWN = _NAMES[1:]


def prepare(connection: psycopg.Connection[Any]) -> None:
    columns = sql.SQL(", ").join(sql.SQL(f"{name} {kind}") for name, kind in COLUMNS.items())
    connection.execute(sql.SQL("create unlogged table stage ({})").format(columns))
    connection.execute(sql.SQL("create table product ({}, primary key (sku))").format(columns))
    for column in ("legacy_id", "retail_unit"):
        connection.execute(sql.SQL("create index on product ({})").format(sql.Identifier(column)))


def empty(connection: psycopg.Connection[Any]) -> None:
    connection.execute("truncate product")


def load(connection: psycopg.Connection[Any], file: Path) -> int:
    """Rows written."""
    with connection.transaction():
        connection.execute("truncate stage")
        with connection.cursor().copy("copy stage from stdin (format csv, header)") as copy, file.open("rb") as content:
            while block := content.read(1 << 20):
                copy.write(block)
        connection.execute("analyze stage")
        return connection.execute(_merge()).rowcount


def _merge() -> sql.Composed:
    def row(table: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(table, name) for name in _OWN)

    return sql.SQL(
        "insert into product as p ({names}) select {new} from stage s left join product p using (sku)"
        " where p.sku is null or ({old}) is distinct from ({other})"
        " on conflict (sku) do update set {sets}"
    ).format(
        names=sql.SQL(", ").join(map(sql.Identifier, _NAMES)),
        new=sql.SQL(", ").join(sql.Identifier("s", name) for name in _NAMES),
        old=row("p"),
        other=row("s"),
        sets=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in _OWN),
    )
