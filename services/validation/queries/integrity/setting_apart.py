"""Opens and closes entries of the quarantine: one statement for all row rules of a table, one for each balance."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.definition import Condition, LedgerBalance
from services.validation.domain.rules.scanning import Statement, scan
from services.validation.queries.integrity.narrowing import narrowed
from services.validation.queries.integrity.scanning import bound, statement_of

# The rules of a group with their places in it, from 1.
_NAMED = "unnest(CAST(:rule_sets AS text[]), CAST(:rules AS text[])) WITH ORDINALITY AS named (rule_set, rule, place)"


def can_be_set_apart(planned: Planned) -> bool:
    """What fails is a row, not a group of rows."""
    return isinstance(planned.rule.body, Condition | LedgerBalance)


def groups(planned: Iterable[Planned]) -> list[list[Planned]]:
    """Rules that one statement judges together."""
    found: dict[object, list[Planned]] = {}
    for each in planned:
        one_scan = isinstance(each.rule.body, Condition)
        found.setdefault(each.rule.table if one_scan else each, []).append(each)
    return list(found.values())


def close_clean(session: Session, run_id: uuid.UUID, group: Sequence[Planned], options: Options) -> None:
    """Entries whose row keeps its rule again."""
    find = _failing(group, options)
    statement = Statement(
        "UPDATE quarantine_entries AS entry SET state = 'fixed', closed_at = now(), updated_at = now()"
        f" FROM {_NAMED} WHERE entry.tenant_id = :tenant AND entry.state = 'open' AND entry.table_name = :table"
        " AND entry.rule_set = named.rule_set AND entry.rule = named.rule AND NOT EXISTS"
        f" (SELECT FROM ({find.sql}) AS failing WHERE failing.id = entry.row_id AND failing.place = named.place)",
        find.params | _named(group),
    )
    session.execute(*bound(session, statement, options, run=run_id))


def open_failing(
    session: Session, run_id: uuid.UUID, group: Sequence[Planned], options: Options, *, actor: str | None
) -> None:
    """Entries for rows that break a rule and have none."""
    find = _failing(group, options)
    statement = Statement(
        "INSERT INTO quarantine_entries (tenant_id, table_name, row_id, rule_set, rule, run_id, created_by)"
        " SELECT :tenant, :table, failing.id, named.rule_set, named.rule, :run, :actor"
        f" FROM ({find.sql}) AS failing JOIN {_NAMED} ON named.place = failing.place"
        " ORDER BY failing.id, failing.place"
        " ON CONFLICT (tenant_id, table_name, row_id, rule) WHERE state = 'open' DO NOTHING",
        find.params | _named(group) | {"actor": actor},
    )
    session.execute(*bound(session, statement, options, run=run_id))


def _failing(group: Sequence[Planned], options: Options) -> Statement:
    """`id` of a row, and `place` of a rule that it breaks."""
    table = group[0].rule.table
    if isinstance(group[0].rule.body, LedgerBalance):
        find = statement_of(group[0].rule, options)
        return Statement(f"SELECT one.id, 1 AS place FROM ({find.sql}) AS one", find.params)
    find = scan(table, [each.rule for each in group], narrowed=narrowed(table, options))
    broken = "CROSS JOIN LATERAL unnest(one.broken) AS broken (number)"
    return Statement(f"SELECT one.id, broken.number + 1 AS place FROM ({find.sql}) AS one {broken}", find.params)


def _named(group: Sequence[Planned]) -> dict[str, object]:
    return {
        "table": group[0].rule.table,
        "rule_sets": [each.rule_set for each in group],
        "rules": [each.rule.id for each in group],
    }
