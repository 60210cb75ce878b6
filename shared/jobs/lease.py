"""Claiming, keeping and losing a job: the statements in which the fencing token is compared.

All of them use the clock of the database at the time of the statement; the clocks of workers do not matter.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from shared.jobs.models import ACTIVE, JobMixin

J = TypeVar("J", bound=JobMixin)
_PLAIN = {"synchronize_session": False}

BACKOFF_SECONDS = 1.0
BACKOFF_LIMIT_SECONDS = 300.0


def after(seconds: Any) -> ColumnElement[Any]:
    """A point in time, from the database's clock; `seconds` may be a column."""
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def clock(session: Session) -> datetime:
    """The database's time at this moment, not at the begin of the transaction."""
    with session.no_autoflush:
        now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now


def claim(session: Session, model: type[J], job_id: uuid.UUID, *, lease_seconds: float) -> J | None:
    """Takes a waiting job for this worker; None if somebody else has it or its time has not come."""
    return session.scalars(
        update(model)
        .where(
            model.tenant_id == session.info["context"].tenant_id,
            model.id == job_id,
            model.status == "pending",
            model.run_at <= func.clock_timestamp(),
        )
        .values(
            status="running",
            attempt=model.attempt + 1,
            lease_until=after(lease_seconds),
            started_at=func.coalesce(model.started_at, func.clock_timestamp()),
            deadline_at=func.coalesce(model.deadline_at, after(model.run_timeout_seconds)),
        )
        .returning(model),
        execution_options=_PLAIN,
    ).one_or_none()


def held(job: JobMixin) -> ColumnElement[bool]:
    """True for the row of this job as long as no other attempt has taken it and nobody has ended it."""
    model = type(job)
    return and_(
        model.tenant_id == job.tenant_id,
        model.id == job.id,
        model.status == "running",
        model.attempt == job.attempt,
    )


def cancel_wanted(model: type[JobMixin]) -> ColumnElement[bool]:
    """Somebody asked to cancel this job or the one that it is a chunk of."""
    parent = aliased(model)
    return or_(
        model.cancel_requested,
        exists(
            select(literal(1)).where(
                parent.tenant_id == model.tenant_id, parent.id == model.parent_id, parent.cancel_requested
            )
        ),
    )


def extend(session: Session, job: JobMixin, *, lease_seconds: float) -> bool | None:
    """Keeps the lease; None if it is lost, else whether the job is to be cancelled."""
    model = type(job)
    return session.scalar(
        update(model)
        .where(held(job), model.lease_until.is_not(None))
        .values(lease_until=after(lease_seconds))
        .returning(cancel_wanted(model)),
        execution_options=_PLAIN,
    )


def give_back(
    session: Session,
    model: type[J],
    where: ColumnElement[bool],
    *,
    error: Mapping[str, Any],
    permanent: bool = False,
    ends_in_worker: Collection[str] = (),
) -> Sequence[J]:
    """Ends an attempt that failed: the job waits for its next one with growing, jittered delay, or is dead.

    `permanent` fails at once. Jobs of the kinds `ends_in_worker` wait once more after their last attempt, for a worker
    to end them. Returns the jobs as they are now; the caller wakes their parents.
    """
    takes_a_worker = and_(model.kind.in_(ends_in_worker), model.parent_id.is_(None), model.children == 0)
    attempts = model.max_attempts + case((takes_a_worker, 1), else_=0)
    spent: ColumnElement[bool] = literal(True) if permanent else model.attempt >= attempts
    entry = func.jsonb_build_object("attempt", model.attempt, "at", func.clock_timestamp()).op("||")(
        literal(dict(error), JSONB)
    )
    reason = "permanent" if permanent else "attempts_exhausted"
    delay = func.least(BACKOFF_LIMIT_SECONDS, BACKOFF_SECONDS * func.power(2, func.least(model.attempt - 1, 20)))
    return session.scalars(
        update(model)
        .where(where)
        .values(
            status=case((spent, "failed"), else_="pending"),
            dead_letter=spent,
            error=case((spent, literal({**error, "reason": reason}, JSONB)), else_=None),
            completed_at=case((spent, func.clock_timestamp()), else_=None),
            attempt_errors=model.attempt_errors.op("||")(func.jsonb_build_array(entry)),
            run_at=after(delay * (0.5 + func.random() / 2)),
            dispatched_at=None,
            lease_until=None,
        )
        .returning(model),
        execution_options=_PLAIN,
    ).all()


def wake_parents(session: Session, model: type[J], keys: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Sends jobs whose last chunk has ended to a worker once more, which completes them.

    The rows are locked by a statement of their own first: two chunks that end at the same time then see each other.
    """
    if not keys:
        return
    these = tuple_(model.tenant_id, model.id).in_(sorted(set(keys)))
    session.execute(select(model.id).where(these).order_by(model.tenant_id, model.id).with_for_update())
    chunk = aliased(model)
    busy = exists(
        select(literal(1)).where(
            chunk.tenant_id == model.tenant_id, chunk.parent_id == model.id, chunk.status.in_(ACTIVE)
        )
    )
    session.execute(
        update(model)
        .where(these, model.status == "running", model.lease_until.is_(None), ~busy)
        .values(status="pending", run_at=func.clock_timestamp(), dispatched_at=None),
        execution_options=_PLAIN,
    )
