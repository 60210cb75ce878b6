"""Writes what was decided about conflicts: rows, their history and the conflicts, with one statement for a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.loaders.targets import TargetTable
from shared.tenancy import tenant_of

_STATEMENT = """
with decided as (select * from jsonb_to_recordset(:rows) as d
 (conflict bigint, row_id bigint, run_id uuid, pipeline text, resolution text, "values" jsonb, fields jsonb,
  hash uuid, changed_at timestamptz)),
written as (update {table} t set ({columns}) = (select {values} from jsonb_populate_record(t, d."values") v),
 content_hash = d.hash, source_pipeline = d.pipeline, source_changed_at = coalesce(d.changed_at, t.source_changed_at),
 loaded_at = case d.resolution when 'target' then t.loaded_at else statement_timestamp() end,
 version = t.version + 1, updated_at = now() from decided d where t.tenant_id = :tenant and t.id = d.row_id),
history as (insert into row_history (tenant_id, table_name, row_id, run_id, action, fields)
 select :tenant, :name, row_id, run_id, 'update', fields from decided where fields <> '{{}}'::jsonb)
update conflicts c set status = 'resolved', resolution = d.resolution, resolved_values = d."values",
 resolved_by = :actor, resolved_at = statement_timestamp(), version = c.version + 1, updated_at = now()
from decided d where c.tenant_id = :tenant and c.id = d.conflict
"""


def write(session: Session, target: TargetTable, rows: Sequence[Mapping[str, Any]], *, actor: str | None) -> None:
    """Rows of conflict, row_id, run_id, pipeline, resolution, values, fields, hash, changed_at; all of them locked.

    The source's version counts as seen from now on. What stays as it was in the target stays an edit: the source's
    next version is a conflict again.
    """
    columns = ", ".join(f'"{name}"' for name in target.columns)
    values = ", ".join(f'v."{name}"' for name in target.columns)
    said = text(_STATEMENT.format(table=target.table_name, columns=columns, values=values))
    session.flush()
    _load(session, "on")
    session.execute(
        said.bindparams(bindparam("rows", type_=JSONB)),
        {"rows": list(rows), "tenant": tenant_of(session), "name": target.name, "actor": actor},
    )
    _load(session, "")


def _load(session: Session, word: str) -> None:
    """A loader writes: the database notes no edit."""
    session.execute(select(func.set_config("app.loading", word, True)))
