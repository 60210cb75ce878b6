"""Rules that compare rows with each other, as questions about rows before they are stored."""

from services.validation.domain.rules.definition import Reference, Rule, Unique
from services.validation.domain.rules.expressions.sql import Bound, column
from services.validation.domain.rules.scanning import Statement, is_unknown, judged


def compares(rule: Rule) -> bool:
    """Whether one row alone does not tell."""
    return isinstance(rule.body, Unique | Reference)


def find_broken(rule: Rule) -> Statement:
    """The `place`, from 1, of each of the `rows` that breaks the rule: an array in JSON of objects with fields of its
    table. A row with an id is compared with all others, but not with what is stored of itself."""
    bound = Bound()
    chosen = judged(rule, bound, of="given")
    if isinstance(rule.body, Unique):
        broken = _repeats(rule, rule.body, bound)
    else:
        assert isinstance(rule.body, Reference)
        broken = is_unknown(rule.body, bound, of="given")
    sql = (
        f"SELECT given.ordinality AS place "
        f"FROM jsonb_populate_recordset(CAST(NULL AS {rule.table}), CAST(:rows AS jsonb)) WITH ORDINALITY AS given "
        f"WHERE {chosen} AND {broken} ORDER BY place"
    )
    return Statement(sql, bound.params)


def _repeats(rule: Rule, body: Unique, bound: Bound) -> str:
    equals = "IS NOT DISTINCT FROM" if body.nulls_equal else "="
    same = [f"stored.{column(name)} {equals} {column(name, of='given')}" for name in body.fields]
    return (
        f"EXISTS (SELECT FROM {rule.table} AS stored WHERE stored.tenant_id = :tenant "
        f"AND stored.id IS DISTINCT FROM given.id AND {judged(rule, bound, of='stored')} AND {' AND '.join(same)})"
    )
