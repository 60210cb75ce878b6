"""Opens and closes entries of the quarantine, one statement for a rule each."""

import uuid

from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.definition import Condition, LedgerBalance
from services.validation.domain.rules.scanning import Statement
from services.validation.queries.integrity.scanning import bound, statement_of


def can_be_set_apart(planned: Planned) -> bool:
    """What fails is a row, not a group of rows."""
    return isinstance(planned.rule.body, Condition | LedgerBalance)


def close_clean(session: Session, run_id: uuid.UUID, planned: Planned, options: Options) -> None:
    """Entries whose row keeps the rule again."""
    find = statement_of(planned.rule, options)
    statement = Statement(
        "UPDATE quarantine_entries SET state = 'fixed', closed_at = now(), updated_at = now()"
        " WHERE tenant_id = :tenant AND state = 'open' AND table_name = :table AND rule_set = :rule_set"
        " AND rule = :rule"
        f" AND row_id NOT IN (SELECT failing.id FROM ({find.sql}) AS failing)",
        {**find.params, "table": planned.rule.table, "rule_set": planned.rule_set, "rule": planned.rule.id},
    )
    session.execute(*bound(session, statement, options, run=run_id))


def open_failing(session: Session, run_id: uuid.UUID, planned: Planned, options: Options, *, actor: str | None) -> None:
    """Entries for rows that break the rule and have none."""
    find = statement_of(planned.rule, options)
    statement = Statement(
        "INSERT INTO quarantine_entries (tenant_id, table_name, row_id, rule_set, rule, run_id, created_by)"
        f" SELECT :tenant, :table, failing.id, :rule_set, :rule, :run, :actor FROM ({find.sql}) AS failing"
        " ORDER BY failing.id ON CONFLICT (tenant_id, table_name, row_id, rule) WHERE state = 'open' DO NOTHING",
        {
            **find.params,
            "table": planned.rule.table,
            "rule_set": planned.rule_set,
            "rule": planned.rule.id,
            "actor": actor,
        },
    )
    session.execute(*bound(session, statement, options, run=run_id))
