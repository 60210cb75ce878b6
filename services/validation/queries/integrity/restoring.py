"""Gives rows back what a fix took from them, one statement per table."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Table, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session

from services.validation.domain.rules.definition import Condition, Rule
from services.validation.domain.rules.expressions.sql import Bound, column, to_sql
from services.validation.domain.rules.tables import TABLES
from services.validation.models import Base
from shared.tenancy import tenant_of

# Balances, which a function writes: nobody else may.
_BALANCES: Final = "images.old ? 'xp_pending'"
_CHOSEN: Final = (
    "images.tenant_id = :tenant AND images.run_id = :run AND images.undone_at IS NULL"
    " AND (CAST(:rules AS text[]) IS NULL OR images.rule = ANY(:rules))"
)


def changed_fields(session: Session, run_id: uuid.UUID, rules: Sequence[str]) -> dict[str, list[str]]:
    """Table to the fields that a run has changed there, and that can be given back."""
    found = session.execute(
        _text(
            "SELECT images.table_name, array_agg(DISTINCT each.key ORDER BY each.key) FROM before_images AS images"
            f" CROSS JOIN LATERAL jsonb_object_keys(images.old) AS each(key) WHERE {_CHOSEN}"
            f" AND images.new IS NOT NULL AND NOT {_BALANCES} GROUP BY images.table_name"
        ),
        _given(session, run_id, rules),
    )
    return dict(found.all())


def restore_values(
    session: Session, run_id: uuid.UUID, rules: Sequence[str], table: str, fields: Iterable[str], kept: Sequence[Rule]
) -> list[int]:
    """Rows whose present values are still those of the fix become what they were, unless that breaks a rule of
    `kept`, whose constraints are there; returns their ids."""
    allowed, given = _allowed(kept)
    assigned = ", ".join(f"{column(name)} = {column(name, of='wanted')}" for name in fields)
    version = f"version = {table}.version + 1, " if TABLES[table].versioned else ""
    sql = (
        "WITH taken AS (SELECT row_id, jsonb_object_agg(each.key, each.value) AS old,"
        " jsonb_object_agg(each.key, images.new -> each.key) AS new FROM before_images AS images"
        f" CROSS JOIN LATERAL jsonb_each(images.old) AS each WHERE {_CHOSEN} AND images.table_name = :table"
        f" AND images.new IS NOT NULL AND NOT {_BALANCES} GROUP BY row_id),"
        f" wanted AS MATERIALIZED (SELECT was.* FROM {table} AS t JOIN taken ON taken.row_id = t.id"
        " CROSS JOIN LATERAL jsonb_populate_record(t, taken.old) AS was"
        " WHERE t.tenant_id = :tenant AND to_jsonb(t) @> taken.new ORDER BY t.id FOR UPDATE OF t),"
        f" allowed AS (SELECT * FROM wanted WHERE {allowed})"
        f" UPDATE {table} SET {assigned}, {version}updated_at = now() FROM allowed AS wanted"
        f" WHERE {table}.tenant_id = :tenant AND {table}.id = wanted.id RETURNING {table}.id"
    )
    return list(session.scalars(_text(sql), _given(session, run_id, rules) | {"table": table} | given))


def _allowed(kept: Sequence[Rule]) -> tuple[str, dict[str, object]]:
    """The condition that no rule is broken, and its parameters."""
    bound = Bound()
    conditions = [to_sql(rule.holds, bound) for rule in kept if isinstance(rule.body, Condition) and rule.holds]
    return " AND ".join(f"({condition}) IS NOT FALSE" for condition in conditions) or "TRUE", bound.params


def restore_balances(session: Session, run_id: uuid.UUID, rules: Sequence[str], kept: Sequence[Rule]) -> list[int]:
    """Characters whose balances are still those of the fix have again what they had, as `restore_values` does."""
    allowed, given = _allowed(kept)
    sql = (
        "WITH wanted AS MATERIALIZED (SELECT was.* FROM characters AS t JOIN before_images AS images"
        " ON images.tenant_id = t.tenant_id AND images.row_id = t.id"
        f" CROSS JOIN LATERAL jsonb_populate_record(t, images.old) AS was WHERE {_CHOSEN}"
        f" AND images.table_name = 'characters' AND {_BALANCES} AND to_jsonb(t) @> images.new"
        " ORDER BY t.id FOR UPDATE OF t)"
        f" SELECT * FROM restore_projections(:run, ARRAY(SELECT id FROM wanted WHERE {allowed} ORDER BY id))"
    )
    ids = list(session.scalars(_text(sql), _given(session, run_id, rules) | given))
    if not ids:
        return []
    version = "UPDATE characters SET version = version + 1 WHERE tenant_id = :tenant AND id = ANY(:ids)"
    session.execute(text(version), {"tenant": tenant_of(session), "ids": ids})
    return ids


def restore_deleted(session: Session, run_id: uuid.UUID, rules: Sequence[str], table: str) -> list[int]:
    """Rows that were deleted are there again, unless another one stands in their way or what they refer to is gone."""
    model: Table = Base.metadata.tables[table]
    ends = [
        f"(was.{constraint.columns.values()[-1].name} IS NULL OR EXISTS (SELECT FROM {constraint.referred_table.name}"
        f" AS other WHERE other.tenant_id = :tenant AND other.id = was.{constraint.columns.values()[-1].name}))"
        for constraint in model.foreign_key_constraints
    ]
    sql = (
        f"INSERT INTO {table} SELECT was.* FROM before_images AS images"
        f" CROSS JOIN LATERAL jsonb_populate_record(CAST(NULL AS {table}), images.old) AS was"
        f" WHERE {_CHOSEN} AND images.table_name = :table AND images.new IS NULL AND {' AND '.join(ends) or 'TRUE'}"
        " ORDER BY was.id ON CONFLICT DO NOTHING RETURNING id"
    )
    return list(session.scalars(_text(sql), _given(session, run_id, rules) | {"table": table}))


def deleted_tables(session: Session, run_id: uuid.UUID, rules: Sequence[str]) -> list[str]:
    sql = f"SELECT DISTINCT images.table_name FROM before_images AS images WHERE {_CHOSEN} AND images.new IS NULL"
    return sorted(session.scalars(_text(sql), _given(session, run_id, rules)))


def mark_undone(
    session: Session, run_id: uuid.UUID, rules: Sequence[str], table: str, ids: Sequence[int], *, balances: bool
) -> None:
    """What these rows were has been given back: their balances, or all the rest."""
    sql = (
        f"UPDATE before_images AS images SET undone_at = now() WHERE {_CHOSEN} AND images.table_name = :table"
        f" AND images.row_id = ANY(:ids) AND (images.new IS NOT NULL AND {_BALANCES}) = {balances}"
    )
    session.execute(_text(sql), _given(session, run_id, rules) | {"table": table, "ids": list(ids)})


def add_status_history(session: Session, run_id: uuid.UUID, ids: Sequence[int], *, actor: str | None) -> None:
    """A row for each status that was given back to these characters."""
    session.execute(
        text(
            "INSERT INTO status_changes (tenant_id, character_id, old, new, actor, reason, created_by)"
            " SELECT images.tenant_id, images.row_id, images.new ->> 'status', images.old ->> 'status', :actor,"
            " :reason, :actor FROM before_images AS images WHERE images.tenant_id = :tenant AND images.run_id = :run"
            " AND images.table_name = 'characters' AND images.row_id = ANY(:ids) AND images.undone_at = now()"
            " AND images.new ->> 'status' IS NOT NULL ORDER BY images.row_id"
        ),
        {
            "tenant": tenant_of(session),
            "run": run_id,
            "ids": list(ids),
            "actor": actor,
            "reason": f"undo of integrity run {run_id}",
        },
    )


def left_over(session: Session, run_id: uuid.UUID, rules: Sequence[str]) -> list[dict[str, Any]]:
    """Rows that could not be given back: table, id, rule, and whether they have changed since."""
    unchanged = " ".join(
        f"WHEN images.table_name = '{table}' THEN EXISTS (SELECT FROM {table} AS t WHERE t.tenant_id = :tenant"
        " AND t.id = images.row_id AND to_jsonb(t) @> images.new)"
        for table in TABLES
    )
    sql = (
        f"SELECT images.table_name AS table, images.row_id AS id, images.rule,"
        f" CASE WHEN images.new IS NULL OR CASE {unchanged} ELSE FALSE END THEN 'constraint' ELSE 'changed_since' END"
        f" AS reason FROM before_images AS images WHERE {_CHOSEN} ORDER BY images.id LIMIT 1000"
    )
    return [dict(row) for row in session.execute(_text(sql), _given(session, run_id, rules)).mappings()]


def _text(sql: str) -> Any:
    return text(sql).bindparams(bindparam("rules", type_=ARRAY(TEXT)))


def _given(session: Session, run_id: uuid.UUID, rules: Sequence[str]) -> dict[str, Any]:
    return {"tenant": tenant_of(session), "run": run_id, "rules": list(rules) or None}
