"""The items of a bulk job: stored in the order of the request, worked through in the order of their ids."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, insert, literal, null, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Session

from services.workflow.models import Job, JobItem
from shared.tenancy import tenant_of

Place = tuple[int, int]
BEGIN: Place = (-1, 0)
NOT_DONE = ("pending", "failed", "would_succeed", "rolled_back")

_STORE = text("""
insert into job_items (tenant_id, job_id, position, sent, item_id, sent_version)
select :tenant, :job, r.position, r.sent, r.item_id, r.version
from jsonb_to_recordset(:rows) as r (position integer, sent jsonb, item_id bigint, version bigint)
""")
_TELL = text("""
update job_items i
set status = r.status, code = r.code, detail = r.detail, from_state = r.from_state, to_state = r.to_state,
    version = r.version, warnings = r.warnings
from jsonb_to_recordset(:rows) as r
    (position integer, status text, code text, detail text, from_state text, to_state text, version bigint,
     warnings jsonb)
where i.tenant_id = :tenant and i.job_id = :job and i.position = r.position
""")
_RECORD = text("""
insert into bulk_records (
    tenant_id, audit_id, correlation_id, entity, actor, operation, total, successful, failed, success_ratio,
    was_rolled_back, rollback_reason, execution_ms, successful_ids, failed_ids, failure_details
)
select :tenant_id, :audit_id, :correlation_id, :entity, :actor, :operation, :total, :successful, :failed,
    :success_ratio, :was_rolled_back, :rollback_reason, :execution_ms,
    coalesce(jsonb_agg(sent order by position) filter (where status in ('done', 'unchanged')), '[]'),
    coalesce(jsonb_agg(sent order by position) filter (where status = 'failed'), '[]'),
    coalesce(jsonb_object_agg(sent #>> '{}', coalesce(detail, '')) filter (where status = 'failed'), '{}')
from job_items where tenant_id = :tenant_id and job_id = :job
""")
_ROWS = bindparam("rows", type_=JSONB)


def of_job(session: Session, job_id: uuid.UUID) -> Select[Any]:
    return select(JobItem).where(JobItem.tenant_id == tenant_of(session), JobItem.job_id == job_id)


def store(session: Session, job: Job, rows: Sequence[Mapping[str, Any]]) -> None:
    """`rows` have position, sent, item_id and version."""
    session.execute(_STORE.bindparams(_ROWS), {"tenant": job.tenant_id, "job": job.id, "rows": list(rows)})


def store_found(session: Session, job: Job, ids: Select[int], *, at_most: int) -> int:
    """The items that a select of ids finds now, by id; stores one more than `at_most` if there are more."""
    found = ids.limit(at_most + 1).subquery()
    key = found.c[0]
    place = func.row_number().over(order_by=key)
    columns = (literal(job.tenant_id, UUID), literal(job.id, UUID), place, func.to_jsonb(key), key, null())
    return _insert(session, select(*columns))


def store_again(session: Session, job: Job, old_id: uuid.UUID) -> int:
    """The items of another job that it did not do."""
    old = JobItem
    place = func.row_number().over(order_by=old.position)
    same = (place, old.sent, old.item_id, old.sent_version)
    rows = select(literal(job.tenant_id, UUID), literal(job.id, UUID), *same)
    return _insert(session, rows.where(old.tenant_id == job.tenant_id, old.job_id == old_id, old.status.in_(NOT_DONE)))


def _insert(session: Session, rows: Select[Any]) -> int:
    names = ["tenant_id", "job_id", "position", "sent", "item_id", "sent_version"]
    table: Table = JobItem.__table__  # type: ignore[assignment]  # a mapped class has one
    statement = insert(table).from_select(names, rows, include_defaults=False)
    stored = session.execute(statement.execution_options(preserve_rowcount=True))
    return int(stored.rowcount)  # type: ignore[attr-defined]  # an insert has one


def after(session: Session, job: Job, place: Place, *, size: int) -> Sequence[Any]:
    """The next items by id: position, sent, item_id, sent_version."""
    item = JobItem
    rows = (
        select(item.position, item.sent, item.item_id, item.sent_version)
        .where(item.tenant_id == job.tenant_id, item.job_id == job.id, tuple_(item.item_id, item.position) > place)
        .order_by(item.item_id, item.position)
        .limit(size)
    )
    return session.execute(rows).all()


def tell(session: Session, job: Job, rows: Sequence[Mapping[str, Any]]) -> None:
    """What came of items: position, status, code, detail, from_state, to_state, version, warnings."""
    session.execute(_TELL.bindparams(_ROWS), {"tenant": job.tenant_id, "job": job.id, "rows": list(rows)})


def roll_back(session: Session, job: Job) -> None:
    """Items that passed a check and were not kept."""
    passed = ("would_succeed", "unchanged", "done")
    these = (JobItem.tenant_id == job.tenant_id, JobItem.job_id == job.id, JobItem.status.in_(passed))
    session.execute(
        update(JobItem).where(*these).values(status="rolled_back"), execution_options={"synchronize_session": False}
    )


def counts(session: Session, job: Job) -> dict[str, int]:
    """Items by status."""
    rows = select(JobItem.status, func.count()).where(JobItem.tenant_id == job.tenant_id, JobItem.job_id == job.id)
    return {status: number for status, number in session.execute(rows.group_by(JobItem.status))}


def record(session: Session, job: Job, values: Mapping[str, Any]) -> None:
    """The bulk record of a job; its lists are made where they lie."""
    session.execute(_RECORD, {"job": job.id, **values})
