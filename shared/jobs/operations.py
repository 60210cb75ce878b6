"""What requests do with jobs; all of it inside the caller's unit of work."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.errors import NotFound
from shared.jobs.doorbell import ring
from shared.jobs.errors import JobFinished, JobNotRetryable
from shared.jobs.lease import clock
from shared.jobs.models import ACTIVE, RETRYABLE, JobMixin
from shared.jobs.step import tell
from shared.tenancy import context_of, tenant_of

J = TypeVar("J", bound=JobMixin)


def submit(
    session: Session,
    model: type[J],
    *,
    kind: str,
    queue: str,
    payload: Mapping[str, Any] | None = None,
    total: int = 0,
    max_attempts: int = 5,
    run_at: datetime | None = None,
    idempotency_key: str | None = None,
    statement_timeout_seconds: int | None = None,
    run_timeout_seconds: int | None = None,
    **columns: Any,
) -> J:
    """Writes a job that starts after this unit of work has committed.

    With an `idempotency_key` that this kind has seen before, the job of that time is returned and none is written.
    `columns` are those that the service added, and `retry_of`.
    """
    context = context_of(session)
    values: dict[str, Any] = {
        "tenant_id": tenant_of(session),
        "kind": kind,
        "queue": queue,
        "payload": dict(payload or {}),
        "total": total,
        "max_attempts": max_attempts,
        "idempotency_key": idempotency_key,
        "statement_timeout_seconds": statement_timeout_seconds,
        "run_timeout_seconds": run_timeout_seconds,
        "requested_by": context.actor,
        "requested_by_name": context.actor_name,
        "correlation_id": context.correlation_id,
        "origin_correlation_id": context.origin_correlation_id,
        **({"run_at": run_at} if run_at else {}),
        **columns,
    }
    statement = insert(model).values(values)
    if idempotency_key is not None:
        statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "kind", "idempotency_key"])
    job = session.scalars(statement.returning(model)).one_or_none()
    if job is None:
        return _of_key(session, model, kind, idempotency_key)
    if job.status == "pending":  # a service may also store a job that it has done within the request
        ring(session)
    return job


def find(session: Session, model: type[J], job_id: uuid.UUID, *, lock: bool = False) -> J:
    """A job of this tenant that is not a chunk; raises NotFound."""
    statement = select(model).where(
        model.tenant_id == tenant_of(session), model.id == job_id, model.parent_id.is_(None)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    job = session.scalars(statement).one_or_none()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def request_cancel(session: Session, model: type[J], job_id: uuid.UUID) -> J:
    """Ends a waiting job at once; asks a running one to stop before it commits its next step.

    Raises JobFinished. The caller tells the two apart by the status of the answer.
    """
    job = find(session, model, job_id, lock=True)
    if job.status not in ACTIVE:
        raise JobFinished("The job has ended already.", status_of_job=job.status)
    job.cancel_requested = True
    if job.children:
        _cancel_waiting_chunks(session, job)
    elif job.status == "pending":
        job.status = "cancelled"
        job.completed_at = clock(session)
        tell(session, job, job, "state")
    session.flush()
    return job


def retry(
    session: Session, model: type[J], job_id: uuid.UUID, *, changes: Mapping[str, Any] | None = None, **columns: Any
) -> J:
    """A new job with the same work; `changes` are laid over its payload. Raises JobNotRetryable."""
    old = find(session, model, job_id, lock=True)
    again = select(model.id).where(model.tenant_id == old.tenant_id, model.retry_of == old.id, model.status.in_(ACTIVE))
    if old.status not in RETRYABLE or session.scalar(again.limit(1)) is not None:
        raise JobNotRetryable("Only a job that did not do all its work can be tried again.", status_of_job=old.status)
    return submit(
        session,
        model,
        kind=old.kind,
        queue=old.queue,
        payload={**old.payload, **(changes or {})},
        max_attempts=old.max_attempts,
        statement_timeout_seconds=old.statement_timeout_seconds,
        run_timeout_seconds=old.run_timeout_seconds,
        **{
            "retry_of": old.id,
            "origin_correlation_id": old.origin_correlation_id or old.correlation_id,
            **columns,
        },
    )


def resume(session: Session, model: type[J], job_id: uuid.UUID) -> J:
    """Lets an ended job itself go on, with its counters and first start; for work that keeps checkpoints.

    Its former chunks are forgotten, it gets as many attempts as it had. Raises JobNotRetryable.
    """
    job = find(session, model, job_id, lock=True)
    if job.status not in RETRYABLE:
        raise JobNotRetryable("Only a job that did not do all its work can be resumed.", status_of_job=job.status)
    session.execute(delete(model).where(model.tenant_id == job.tenant_id, model.parent_id == job.id))
    job.status, job.completed_at, job.error = "pending", None, None
    job.dead_letter, job.cancel_requested, job.children = False, False, 0
    job.max_attempts += job.attempt
    job.dispatched_at = job.lease_until = job.deadline_at = None
    job.run_at = clock(session)
    session.flush()
    tell(session, job, job, "state")
    ring(session)
    return job


def _of_key(session: Session, model: type[J], kind: str, key: str | None) -> J:
    return session.scalars(
        select(model).where(model.tenant_id == tenant_of(session), model.kind == kind, model.idempotency_key == key)
    ).one()


def _cancel_waiting_chunks(session: Session, job: JobMixin) -> None:
    """Chunks that run notice by themselves; if none does, a worker completes the job."""
    model = type(job)
    session.flush()
    chunks = (model.tenant_id == job.tenant_id, model.parent_id == job.id)
    session.execute(
        update(model)
        .where(*chunks, model.status == "pending")
        .values(status="cancelled", completed_at=func.clock_timestamp()),
        execution_options={"synchronize_session": False},
    )
    running = session.scalar(select(model.id).where(*chunks, model.status.in_(ACTIVE)).limit(1))
    if running is None and job.status == "running" and job.lease_until is None:
        job.status, job.dispatched_at = "pending", None
        job.run_at = clock(session)
        ring(session)


def forget_ended(session: Session, model: type[JobMixin], *, days: int, at_most: int = 1000) -> int:
    """Forgets jobs that ended more than `days` ago. Returns how many; call again while it is `at_most`."""
    before = datetime.now(UTC) - timedelta(days=days)
    old = select(model.tenant_id, model.id).where(
        model.parent_id.is_(None), model.status.not_in(ACTIVE), model.completed_at < before
    )
    found = session.execute(old.limit(at_most)).all()
    if found:
        gone = delete(model).where(tuple_(model.tenant_id, model.id).in_([tuple(row) for row in found]))
        session.execute(gone, execution_options={"synchronize_session": False})
    return len(found)
