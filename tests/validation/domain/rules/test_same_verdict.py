"""PostgreSQL and Python give the same value for every expression over every row."""

import contextlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from services.validation.domain.rules.expressions.columns import Column, Setting, evaluate
from services.validation.domain.rules.expressions.faults import InvalidExpression
from services.validation.domain.rules.expressions.parsing import parse
from services.validation.domain.rules.expressions.sql import Bound, to_sql
from services.validation.domain.rules.expressions.trees import Tree
from shared.patterns import compile_pattern
from tests.validation.domain.rules.expressions import FIELDS, numbers, rows, truths, words

TODAY = date(2024, 2, 29)
SETTING = Setting(TODAY, compile_pattern)
SQL_TYPES = {"integer": "bigint", "decimal": "numeric", "datetime": "timestamptz"}


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[Connection]:
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as opened:
        opened.exec_driver_sql("set time zone 'America/New_York'")  # nothing may depend on it
        columns = ", ".join(f"{name} {SQL_TYPES.get(kind, kind)}" for name, kind in FIELDS.items())
        opened.exec_driver_sql(f"create temporary table tried (place int primary key, {columns})")
        yield opened
    engine.dispose()


def read_all(sources: list[str]) -> dict[str, Tree]:
    """All but the few that have become too large."""
    trees = {}
    for source in sources:
        with contextlib.suppress(InvalidExpression):
            trees[source] = parse(source, FIELDS)
    return trees


def in_python(trees: list[Tree], given_rows: list[dict[str, Any]]) -> list[list[Any]]:
    columns = {name: Column([row[name] for row in given_rows]) for name in FIELDS}
    tight = {name: Column(column.values, nullable=None in column.values) for name, column in columns.items()}
    loosely = [list(evaluate(tree, columns, SETTING).spread(len(given_rows))) for tree in trees]
    assert loosely == [list(evaluate(tree, tight, SETTING).spread(len(given_rows))) for tree in trees]
    return loosely


def in_sql(connection: Connection, trees: list[Tree], given_rows: list[dict[str, Any]]) -> list[list[Any]]:
    connection.execute(text("truncate tried"))
    names = ", ".join(f":{name}" for name in ["place", *FIELDS])
    numbered = [{"place": place, **row} for place, row in enumerate(given_rows)]
    connection.execute(text(f"insert into tried values ({names})"), numbered)
    bound = Bound()
    wanted = ", ".join(f"{to_sql(tree, bound)} as v{place}" for place, tree in enumerate(trees))
    found = connection.execute(
        text(f"select {wanted} from tried order by place"), bound.params | {"today": TODAY}
    ).all()
    return [list(values) for values in zip(*found, strict=True)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(truths | numbers | words, min_size=5, max_size=15), st.lists(rows, min_size=1, max_size=12))
def test_sql_and_python_agree(connection: Connection, sources: list[str], given_rows: list[dict[str, Any]]) -> None:
    known = read_all(sources)
    assert len(known) > len(set(sources)) // 2
    trees = list(known.values())
    stored, calculated = in_sql(connection, trees, given_rows), in_python(trees, given_rows)
    for source, from_sql, from_python in zip(known, stored, calculated, strict=True):
        assert from_sql == from_python, source
