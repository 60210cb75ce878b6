"""The limit: one statement that does the least a correct bulk transition could do, over narrow tables."""

from typing import Any

import psycopg

_TABLES = """
create table item (id bigint primary key, state text not null, version bigint not null, updated_at timestamptz);
create table item_audit (
    id bigint generated always as identity primary key, run bigint, item_id bigint, old_state text, new_state text,
    at timestamptz default now()
);
insert into item select n, 'DRAFT', 0, now() from generate_series(1, %s) as n
"""
_MOVE = """
with moved as (
    update item i set state = %(target)s, version = i.version + 1, updated_at = now()
    from (
        select w.id, w.version, o.state from unnest(%(ids)s::bigint[], %(versions)s::bigint[]) as w (id, version)
        join item o on o.id = w.id
    ) w
    where i.id = w.id and i.version = w.version and w.state = %(origin)s
    returning i.id
)
insert into item_audit (run, item_id, old_state, new_state) select %(run)s, id, %(origin)s, %(target)s from moved
"""


def prepare(connection: psycopg.Connection[Any], items: int) -> None:
    for statement in (_TABLES % items).split(";"):
        connection.execute(statement)
    connection.commit()


def move(connection: psycopg.Connection[Any], items: int, *, run: int) -> int:
    """Moves the first items there or back; `run` counts from 0 and is the version that they have."""
    origin, target = ("DRAFT", "SUBMITTED") if run % 2 == 0 else ("SUBMITTED", "DRAFT")
    ids = list(range(1, items + 1))
    parameters = {"ids": ids, "versions": [run] * items, "origin": origin, "target": target, "run": run}
    count = connection.execute(_MOVE, parameters).rowcount
    connection.commit()
    return count
