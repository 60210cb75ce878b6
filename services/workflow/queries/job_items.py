"""The items of a bulk job: stored in the order of the request, worked through in the order of their ids."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, Table, func, insert, literal, null, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Session

from services.workflow.domain.bulk import Pick
from services.workflow.models import Job, JobItem
from shared.alike import alike, rows_of
from shared.tenancy import tenant_of

Place = tuple[int, int]
BEGIN: Place = (-1, 0)
NOT_DONE = ("pending", "failed", "would_succeed", "rolled_back")

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


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of the items in these positions: `which` is the place of what is said of each in `looks`, which have
    status, code, detail, from_state, to_state and warnings."""

    looks: Sequence[Mapping[str, Any]]
    which: Sequence[int]
    positions: Sequence[int]
    versions: Sequence[int | None]


def of_job(session: Session, job_id: uuid.UUID) -> Select[Any]:
    return select(JobItem).where(JobItem.tenant_id == tenant_of(session), JobItem.job_id == job_id)


def store(session: Session, job: Job, picks: Sequence[Pick]) -> None:
    """In the order in which they were sent, from position 1 on."""
    item = rows_of(
        {
            "sent": (JSONB(), [pick.sent for pick in picks]),
            "item_id": (BigInteger(), [pick.id or 0 for pick in picks]),
            "version": (BigInteger(), [pick.version for pick in picks]),
        }
    )
    ours = (literal(job.tenant_id, UUID), literal(job.id, UUID))
    _insert(session, select(*ours, item.c.n, item.c.sent, item.c.item_id, item.c.version))


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
    statement = insert(_table()).from_select(names, rows, include_defaults=False)
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


def tell(session: Session, job: Job, outcomes: Outcomes) -> None:
    """What came of items."""
    item, table = JobItem, _table()
    types = {name: table.c[name].type for name in outcomes.looks[0]}
    own: dict[str, Any] = {
        "place": (BigInteger(), outcomes.positions),
        "version": (BigInteger(), outcomes.versions),
    }
    source, found = alike(outcomes.looks, types, outcomes.which, own)
    assert source.onclause is not None  # it joins items with looks
    session.execute(
        update(item)
        .where(source.onclause, item.tenant_id == job.tenant_id, item.job_id == job.id)
        .where(item.position == found["place"])
        .values({name: found[name] for name in (*types, "version")}),
        execution_options={"synchronize_session": False},
    )


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


def _table() -> Table:
    table: Table = JobItem.__table__  # type: ignore[assignment]  # a mapped class has one
    return table
