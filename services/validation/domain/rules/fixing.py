"""Rules as repairs: what failing rows would become, and the statement that makes them so."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.validation.domain.rules.definition import Condition, LedgerBalance, Rule, Unique, joint_condition
from services.validation.domain.rules.expressions.sql import Bound, column, to_sql
from services.validation.domain.rules.expressions.trees import Apply, Field, Tree
from services.validation.domain.rules.scanning import Statement, balances
from services.validation.domain.rules.tables import TABLES
from services.validation.domain.rules.types import Type

# The accounts that the columns of a character are projections of.
ACCOUNTS: Final = {"xp": "available", "xp_pending": "pending", "xp_spent": "spent"}


def new_values(rules: Sequence[Rule]) -> dict[str, Tree]:
    """Field to what it becomes when the fixes of these rules are applied one after the other, each to a row that
    breaks its rule after those before it."""
    found: dict[str, Tree] = {}
    for rule in rules:
        if rule.fix is None or rule.holds is None:
            continue
        broken = Apply("not", (substitute(rule.holds, found),), Type.BOOLEAN)
        for name, new in rule.fix.assigns.items():
            kind = TABLES[rule.table].fields[name]
            present = found.get(name, Field(name, kind))
            found[name] = Apply("if", (broken, substitute(new, found), present), kind)
    return found


def substitute(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """The expression with some of its fields replaced."""
    if isinstance(tree, Field):
        return values.get(tree.name, tree)
    if isinstance(tree, Apply):
        return Apply(tree.name, tuple(substitute(operand, values) for operand in tree.operands), tree.type)
    return tree


def fixable(rule: Rule) -> bool:
    return rule.fix is not None


def preview(table: str, rules: Sequence[Rule], *, narrowed: str = "TRUE") -> Statement:
    """The rows that `mend` would write: id, label, and `old_` and `new_` of each field, in the order of ids."""
    bound = Bound()
    label = TABLES[table].label
    new = _new_columns(rules, bound)
    shown = ["id", *([column(label)] if label else [])]
    shown += [f"{column(name)} AS old_{name}, {value} AS new_{name}" for name, value in new.items()]
    sql = f"SELECT {', '.join(shown)} FROM {_failing(table, rules, bound, narrowed)} ORDER BY id"
    return Statement(sql, bound.params)


def mend(table: str, rules: Sequence[Rule], *, narrowed: str = "TRUE") -> Statement:
    """Writes the failing rows of a table, locked in the order of their ids; answers id, and `old_` and `new_` of each
    field. All of its rules have a fix that assigns values, or `project`."""
    bound = Bound()
    new = _new_columns(rules, bound)
    wanted = ", ".join(f"{value} AS {column(name)}" for name, value in new.items())
    assigned = ", ".join(f"{column(name)} = {column(name, of='wanted')}" for name in new)
    version = f"version = {table}.version + 1, " if TABLES[table].versioned else ""
    told = ", ".join(f"old.{column(name)} AS old_{name}, new.{column(name)} AS new_{name}" for name in new)
    sql = (
        f"WITH wanted AS MATERIALIZED (SELECT id, {wanted} FROM {_failing(table, rules, bound, narrowed)} "
        f"ORDER BY id FOR UPDATE OF {table}) "
        f"UPDATE {table} SET {assigned}, {version}updated_at = now() FROM wanted "
        f"WHERE {table}.tenant_id = :tenant AND {table}.id = wanted.id RETURNING {table}.id, {told}"
    )
    return Statement(sql, bound.params)


def _new_columns(rules: Sequence[Rule], bound: Bound) -> dict[str, str]:
    found = {name: to_sql(tree, bound) for name, tree in new_values(rules).items()}
    return found | {name: _balance(name) for name in _projections(rules)}


def _balance(projection: str) -> str:
    return f"COALESCE((SELECT balance FROM ({balances(ACCOUNTS[projection])}) AS e WHERE e.character_id = id), 0)"


def _projections(rules: Sequence[Rule]) -> list[str]:
    found = []
    for rule in rules:
        if rule.fix is not None and rule.fix.kind == "project":
            found.append(rule.body.projection if isinstance(rule.body, LedgerBalance) else rule.fields[0])
    return list(dict.fromkeys(found))


def _failing(table: str, rules: Sequence[Rule], bound: Bound, narrowed: str) -> str:
    """FROM and WHERE for the rows of which at least one rule does not hold."""
    broken = []
    simple = [rule for rule in rules if isinstance(rule.body, Condition)]
    if simple:
        broken.append(f"({to_sql(joint_condition(simple), bound)}) IS FALSE")
    for rule in rules:
        if isinstance(rule.body, LedgerBalance):
            when = "TRUE" if rule.when is None else to_sql(rule.when, bound)
            broken.append(f"({when} AND {column(rule.body.projection)} <> {_balance(rule.body.projection)})")
    return f"{table} WHERE {table}.tenant_id = :tenant AND ({narrowed}) AND ({' OR '.join(broken)})"


def keep_oldest(rule: Rule, *, narrowed: str = "TRUE") -> tuple[Statement, Statement]:
    """The rows of a table that repeat an older one, looked at and deleted; both answer whole rows as `row`."""
    body = rule.body
    assert isinstance(body, Unique)
    assert rule.fix is not None
    bound = Bound()
    columns = ", ".join(map(column, body.fields))
    judged = "TRUE" if rule.when is None else f"({to_sql(rule.when, bound)})"
    if not body.nulls_equal:
        judged += "".join(f" AND {column(name)} IS NOT NULL" for name in body.fields)
    order = ", ".join(map(column, rule.fix.order or ("id",)))
    repeated = (
        f"SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY {columns} ORDER BY {order}) AS place "
        f"FROM {rule.table} WHERE tenant_id = :tenant AND ({narrowed}) AND {judged}) AS numbered WHERE place > 1"
    )
    chosen = f"FROM {rule.table} AS t WHERE t.tenant_id = :tenant AND t.id IN ({repeated})"
    look = Statement(f"SELECT t.id, to_jsonb(t) AS row {chosen} ORDER BY t.id", bound.params)
    return look, Statement(f"DELETE {chosen} RETURNING t.id, to_jsonb(t) AS row", bound.params)
