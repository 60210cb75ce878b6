"""Trees of strings for both sides: the service's tables filled by the service, the limit's by COPY."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from examples.naming.generate import sizes
from services.propagation.models import Dimension, DimensionValue, Field, Platform, Rule, RuleDetail
from services.propagation.operations import structure
from services.propagation.operations.entry import enter
from shared import editing
from shared.db import Database
from shared.tenancy import Context, context_of
from tests.fixtures.strings_in_bulk import StringRow, load_strings

VALUES = 50
PLATFORM = "bench"


@dataclass(frozen=True, slots=True)
class Tree:
    """`counts` are the strings on each level; parents are spread evenly. The last dimension is a free text that tells
    siblings apart, of the others the first three come down from the top."""

    name: str
    counts: tuple[int, ...]
    details: int

    @property
    def total(self) -> int:
        return sum(self.counts)

    def parents(self) -> Iterator[tuple[int, int | None, int]]:
        """(number from 0, parent's number, level) of each string, level by level."""
        number = start_above = 0
        for level, count in enumerate(self.counts):
            start = number
            for place in range(count):
                above = start_above + place * self.counts[level - 1] // count if level else None
                yield number, above, level
                number += 1
            start_above = start

    def texts(self, number: int) -> list[str]:
        """Effective values in the order of the dimensions."""
        last = self.details
        varying = [f"v{d}x{number * d % VALUES}" for d in range(4, last)]
        return ["v1x0", "v2x0", "v3x0"][: last - 1] + varying + [f"n{number}"]


def ten_ary(levels: int, details: int = 8) -> Tree:
    return Tree(f"{sum(10**level for level in range(levels))}", tuple(10**level for level in range(levels)), details)


def flat(strings: int) -> Tree:
    return Tree("flat family", (1, strings - 1), 3)


def wide(strings: int) -> Tree:
    return Tree("six levels", tuple(sizes(strings)), 3)


def chain(strings: int) -> Tree:
    return Tree("chain", (1,) * strings, 3)


def prefix(dimension: int) -> str:
    return "(" if dimension % 3 == 0 else ""


def suffix(dimension: int) -> str:
    return ")" if dimension % 3 == 0 else ""


def delimiter(dimension: int) -> str:
    return "-" if dimension % 2 == 0 else "_"


def install(db: Database, tree: Tree) -> Context:
    """A workspace of its own with the tree."""
    context = Context(tenant_id=uuid.uuid4(), actor="bench", actor_name="Bench")
    with db.transaction(context, statement_timeout_seconds=3600) as session:
        enter(session, context_of(session), is_write=True)
        _install_structure(session, tree)
    with db.transaction(context, statement_timeout_seconds=3600) as session:
        load_strings(session, _rows(tree), platform=PLATFORM)
    return context


def _rows(tree: Tree) -> Iterator[StringRow]:
    names = [f"D{d}" for d in range(1, tree.details + 1)]
    for number, parent, level in tree.parents():
        values = dict(zip(names, tree.texts(number), strict=True))
        yield StringRow(number, parent, f"level {level + 1}", "Bench", values)


def _install_structure(session: Session, tree: Tree) -> None:
    def add(model: type[Any], **values: Any) -> int:
        row: Any = editing.create(session, model, structure.PREPARE[model](session, None, values))
        return int(row.id)

    platform = add(Platform, name="Bench", platform_type="bench", slug=PLATFORM)
    rule = add(Rule, platform_id=platform, name="Bench", is_default=True)
    dimensions = []
    for d in range(1, tree.details + 1):
        kind = "text" if d == tree.details else "list"
        dimensions.append(add(Dimension, name=f"D{d}", type=kind))
        for x in range(VALUES if kind == "list" else 0):
            add(DimensionValue, dimension_id=dimensions[-1], value=f"v{d}x{x}")
    below = None
    for level in range(len(tree.counts), 0, -1):
        below = add(Field, platform_id=platform, name=f"level {level}", field_level=level, next_field_id=below)
        for d, dimension in enumerate(dimensions, start=1):
            affixes = {"prefix": prefix(d), "suffix": suffix(d), "delimiter": delimiter(d)}
            add(RuleDetail, rule_id=rule, field_id=below, dimension_id=dimension, dimension_order=d, **affixes)


def copy(connection: psycopg.Connection[Any], tree: Tree) -> None:
    """The limit's tables: narrow, without tenants, foreign keys and checks."""
    connection.execute(_LIMIT_TABLES)
    cursor = connection.cursor()
    cursor.executemany(
        "insert into rule_part values (%s, %s, %s, %s)",
        [(d, prefix(d), suffix(d), "" if d == 1 else delimiter(d - 1)) for d in range(1, tree.details + 1)],
    )
    with cursor.copy("copy string(id, parent_id, value) from stdin") as rows:
        for number, parent, _level in tree.parents():
            rows.write_row((number, parent, _name(tree, number)))
    with cursor.copy("copy detail(string_id, dimension_id, value) from stdin") as rows:
        for number in range(tree.total):
            for d, value in enumerate(tree.texts(number), start=1):
                rows.write_row((number, d, value))
    connection.execute(_LIMIT_INDEXES)
    connection.commit()


def _name(tree: Tree, number: int) -> str:
    parts = [f"{prefix(d)}{text}{suffix(d)}" for d, text in enumerate(tree.texts(number), start=1)]
    return "".join(part + delimiter(d) for d, part in enumerate(parts[:-1], start=1)) + parts[-1]


_LIMIT_TABLES = """
create table rule_part (dimension_id smallint primary key, prefix text, suffix text, delimiter_before text);
create table string (id bigint, parent_id bigint, value text, version int not null default 1,
    updated_at timestamptz default now());
create table detail (string_id bigint, dimension_id smallint, value text);
create table string_audit (id bigint generated always as identity primary key, job int, string_id bigint,
    old_value text, new_value text, at timestamptz default now());
"""
_LIMIT_INDEXES = """
alter table string add primary key (id);
create index on string (parent_id);
create index on string (value);
alter table detail add primary key (string_id, dimension_id);
"""
