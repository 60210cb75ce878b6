"""Reads what fails: all row rules of a table in one statement, every other rule in one of its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.outcome import Sample, Tally
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.comparing import find_broken
from services.validation.domain.rules.definition import (
    Condition,
    LedgerBalance,
    Query,
    Reference,
    Rule,
    Severity,
    Unique,
)
from services.validation.domain.rules.scanning import (
    Statement,
    count_broken,
    find_repeated,
    find_unbalanced,
    find_unknown,
    scan,
)
from services.validation.domain.rules.tables import TABLES
from services.validation.queries.integrity.found_by_query import find_by_query
from services.validation.queries.integrity.narrowing import narrowed, parameters
from shared.tenancy import tenant_of

# Failing rows that are in memory at a time.
PAGE: Final = 1000
Tallies = dict[int, Tally]
Row = Mapping[Any, Any]


def run(session: Session, statement: Statement, options: Options, **more: Any) -> Iterator[Row]:
    """The rows of a statement, a page at a time."""
    sql, given = bound(session, statement, options, **more)
    found = session.execute(sql, given, execution_options={"yield_per": PAGE})
    yield from found.mappings()


def bound(session: Session, statement: Statement, options: Options, **more: Any) -> tuple[TextClause, dict[str, Any]]:
    """The statement with those of its parameters that it names."""
    given = {"tenant": tenant_of(session)} | _today(session) | parameters(options) | dict(statement.params) | more
    sql = text(statement.sql)
    return sql, {name: given[name] for name in sql.compile().params}


def scan_all(session: Session, planned: Sequence[Planned], options: Options) -> Tallies:
    """The tally of every rule by its position."""
    tallies = {each.position: Tally() for each in planned}
    by_table: dict[str, list[Planned]] = {}
    for each in planned:
        if isinstance(each.rule.body, Condition) and each.rule.severity is not Severity.INFO:
            by_table.setdefault(each.rule.table, []).append(each)
    for table, rules in by_table.items():
        _scan_table(session, table, rules, options, tallies)
    for each in planned:
        if not isinstance(each.rule.body, Condition):
            _find(session, each, options, tallies[each.position])
    return tallies


def _scan_table(session: Session, table: str, planned: list[Planned], options: Options, tallies: Tallies) -> None:
    label = TABLES[table].label
    statement = scan(table, [each.rule for each in planned], narrowed=narrowed(table, options))
    for row in run(session, statement, options):
        for place in row["broken"]:
            each = planned[place]
            field = each.field
            value = row[field] if field else None
            _count(
                tallies[each.position], Sample(row["id"], row[label] if label else None, field, value), each, options
            )


def _find(session: Session, each: Planned, options: Options, tally: Tally) -> None:
    for row in run(session, statement_of(each.rule, options), options):
        _count(tally, _sample(each, row), each, options)


def statement_of(rule: Rule, options: Options) -> Statement:
    """What finds the failing units of a rule."""
    where = narrowed(rule.table, options)
    match rule.body:
        case Condition():
            return scan(rule.table, [rule], narrowed=where)
        case Unique():
            return find_repeated(rule, narrowed=where)
        case Reference():
            return find_unknown(rule, narrowed=where)
        case LedgerBalance():
            return find_unbalanced(rule, narrowed=where)
        case Query():
            return find_by_query(rule, narrowed=where)


def _sample(each: Planned, row: Row) -> Sample:
    body = each.rule.body
    if isinstance(body, Unique):
        shared = {name: row[name] for name in body.fields} | {"ids": list(row["ids"]), "rows": row["rows"]}
        return Sample(row["ids"][0], None, ", ".join(body.fields), shared)
    if isinstance(body, Query):
        return Sample(row["id"], row["name"], each.field, row["value"])
    field, label = each.field, TABLES[each.rule.table].label
    return Sample(row["id"], row[label] if label else None, field, row[field] if field else None)


def _count(tally: Tally, sample: Sample, each: Planned, options: Options) -> None:
    tally.found += 1
    most = each.rule.samples if options.samples is None else options.samples
    if len(tally.samples) < most:
        tally.samples.append(sample)


def broken_among(session: Session, rule: Rule, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The places of those of the rows, as they are to be stored, that break a rule which compares rows."""
    told = json.dumps([{name: row[name] for name in ("id", *rule.reads)} for row in rows], default=str)
    return [found["place"] - 1 for found in run(session, find_broken(rule), Options(), rows=told)]


def _today(session: Session) -> dict[str, Any]:
    """The day, in UTC: the same for all statements of a transaction."""
    return {"today": session.info.setdefault("today", datetime.now(UTC).date())}


def scene_numbers(session: Session, rule: Rule, options: Options) -> dict[str, int]:
    """Scenes with their XP given, and finished ones that await it."""
    statement = count_broken(rule.table, [rule], narrowed=narrowed(rule.table, options))
    (row,) = run(session, statement, options)
    _all, finished, awaiting = row.values()
    return {"scenes_with_xp": finished - awaiting, "scenes_awaiting_xp": awaiting}
