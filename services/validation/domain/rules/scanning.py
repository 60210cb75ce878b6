"""Rules as questions to tables: one statement finds all rows of a table that break a rule which one row can break."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from services.validation.domain.rules.definition import (
    Condition,
    LedgerBalance,
    Reference,
    Rule,
    Unique,
    joint_condition,
)
from services.validation.domain.rules.expressions.sql import Bound, column, to_sql
from services.validation.domain.rules.tables import TABLES

# Rows of one group that are named in a finding.
GROUP_SAMPLE: Final = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters; besides its own it takes `tenant`, and `today` where a rule asks for the day."""

    sql: str
    params: dict[str, object] = field(default_factory=dict)


def row_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Those that one scan judges together, if they are about one table."""
    return [rule for rule in rules if isinstance(rule.body, Condition)]


def scan(table: str, rules: Sequence[Rule], *, narrowed: str = "TRUE") -> Statement:
    """The failing rows of a table: id, label, every field that the rules read, and `broken`, the places in `rules` of
    those that the row breaks. `narrowed` is a condition that chooses among the rows, as SQL of this service.

    Rows come in the order of their ids, to be read through a cursor: there may be as many as the table has.
    """
    bound = Bound()
    reasons = [_broken(place, rule, bound) for place, rule in enumerate(rules)]
    anything = to_sql(joint_condition(list(rules)), bound)
    # A null in front has the list a type even where the rules give it none.
    sql = (
        f"SELECT {', '.join(_shown(table, rules))}, "
        f"array_remove(ARRAY[CAST(NULL AS smallint), {', '.join(reasons)}], NULL) AS broken "
        f"FROM {table} WHERE tenant_id = :tenant AND ({narrowed}) AND ({anything}) IS FALSE ORDER BY id"
    )
    return Statement(sql, bound.params)


def count_broken(table: str, rules: Sequence[Rule], *, narrowed: str = "TRUE") -> Statement:
    """One row with the number of rows of the table, then two numbers per rule: rows that are judged, rows that fail."""
    bound = Bound()
    counts = []
    for rule in rules:
        assert rule.holds is not None
        when = "TRUE" if rule.when is None else to_sql(rule.when, bound)
        counts += [
            f"count(*) FILTER (WHERE {when})",
            f"count(*) FILTER (WHERE ({to_sql(rule.holds, bound)}) IS FALSE)",
        ]
    sql = f"SELECT count(*), {', '.join(counts)} FROM {table} WHERE tenant_id = :tenant AND ({narrowed})"
    return Statement(sql, bound.params)


def _broken(place: int, rule: Rule, bound: Bound) -> str:
    assert rule.holds is not None
    return f"CASE WHEN ({to_sql(rule.holds, bound)}) IS FALSE THEN CAST({place} AS smallint) END"


def _shown(table: str, rules: Sequence[Rule]) -> list[str]:
    label = TABLES[table].label
    names = ["id", *([label] if label else []), *(name for rule in rules for name in rule.reads)]
    return [column(name) for name in dict.fromkeys(names)]


def find_repeated(rule: Rule, *, narrowed: str = "TRUE") -> Statement:
    """The groups of rows that share what must be unique: `rows`, their number, `ids`, the first of them, and the
    fields."""
    body = rule.body
    assert isinstance(body, Unique)
    bound = Bound()
    columns = [column(name) for name in body.fields]
    chosen = judged(rule, bound)
    if not body.nulls_equal:
        chosen += "".join(f" AND {name} IS NOT NULL" for name in columns)
    sql = (
        f"SELECT count(*) AS rows, (array_agg(id ORDER BY id))[1:{GROUP_SAMPLE}] AS ids, {', '.join(columns)} "
        f"FROM {rule.table} WHERE tenant_id = :tenant AND ({narrowed}) AND {chosen} "
        f"GROUP BY {', '.join(columns)} HAVING count(*) > 1 ORDER BY min(id)"
    )
    return Statement(sql, bound.params)


def find_unknown(rule: Rule, *, narrowed: str = "TRUE") -> Statement:
    """The rows whose value refers to nothing: id, label and fields."""
    body = rule.body
    assert isinstance(body, Reference)
    bound = Bound()
    unknown = is_unknown(body, bound, of=rule.table)
    sql = (
        f"SELECT {', '.join(_shown(rule.table, [rule]))} FROM {rule.table} "
        f"WHERE tenant_id = :tenant AND ({narrowed}) AND {judged(rule, bound)} AND {unknown} ORDER BY id"
    )
    return Statement(sql, bound.params)


def is_unknown(body: Reference, bound: Bound, *, of: str) -> str:
    """The condition that the value, there in the row called `of`, refers to nothing."""
    value = column(body.field, of=of)
    if body.list is None:
        other = f"{body.table} AS other WHERE other.tenant_id = :tenant AND other.{column(body.column or '')} = {value}"
    else:
        bound.params["list_id"] = body.list_id
        text = f"CAST({value} AS text)" if body.case_sensitive else f'lower(CAST({value} AS text) COLLATE "C")'
        known = "value" if body.case_sensitive else "folded"
        other = (
            "rule_list_values AS other "
            f"WHERE other.tenant_id = :tenant AND other.list_id = :list_id AND other.{known} = {text}"
        )
    return f"{value} IS NOT NULL AND NOT EXISTS (SELECT FROM {other})"


def find_unbalanced(rule: Rule, *, narrowed: str = "TRUE") -> Statement:
    """The rows whose projection differs from their entries: id, label, fields, and the `balance` of the entries."""
    body = rule.body
    assert isinstance(body, LedgerBalance)
    bound = Bound()
    shown = ", ".join(_shown(rule.table, [rule]))
    sql = (
        f"SELECT {shown}, COALESCE(entries.balance, 0) AS balance FROM {rule.table} "
        f"LEFT JOIN ({balances(body.account)}) AS entries ON entries.character_id = {rule.table}.id "
        f"WHERE tenant_id = :tenant AND ({narrowed}) AND {judged(rule, bound)} "
        f"AND {column(body.projection)} <> COALESCE(entries.balance, 0) ORDER BY id"
    )
    return Statement(sql, bound.params)


def balances(account: str) -> str:
    """What the entries of each character add up to in one account."""
    amount = f"CASE '{account}' WHEN credit_account THEN amount WHEN debit_account THEN -amount ELSE 0 END"
    return (
        f"SELECT character_id, sum({amount}) AS balance "
        "FROM xp_transfers WHERE tenant_id = :tenant GROUP BY character_id"
    )


def judged(rule: Rule, bound: Bound, *, of: str = "") -> str:
    """The condition that the rule is about the row called `of`."""
    return "TRUE" if rule.when is None else f"({to_sql(rule.when, bound, columns=partial(column, of=of))})"
