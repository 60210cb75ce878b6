"""What a worker does with a job: claim it, call its handler, and record how the attempt ended."""

import gc
import uuid
from functools import cache

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, configure_mappers

from shared.config import Settings
from shared.db import Database
from shared.jobs.doorbell import ring
from shared.jobs.errors import Cancelled, LeaseLost, WorkerLost, describe, is_permanent
from shared.jobs.heartbeat import Heartbeat
from shared.jobs.lease import claim, give_back, held, wake_parents
from shared.jobs.models import ACTIVE, JobMixin
from shared.jobs.registry import JobRegistry, Kind
from shared.jobs.run import Run
from shared.jobs.step import complete, count_children, tell
from shared.logging import bind
from shared.tenancy import Context

log = structlog.get_logger(__name__)

# Opened when needed: the step that runs, the heartbeat, and room for a reading beside them.
CONNECTIONS = 4
COLLECT_AFTER = 100_000


class AttemptFailed(Exception):
    """Marks RQ's copy of the job as failed; everything else is in the job's row."""


def perform(registry: JobRegistry, settings: Settings, tenant_id: str, job_id: str) -> None:
    """Body of a service's RQ door `services.<name>.jobs.perform`; both ids come from Redis as text."""
    db = _database(settings)
    try:
        work(
            db,
            registry,
            tenant_id=uuid.UUID(tenant_id),
            job_id=uuid.UUID(job_id),
            lease_seconds=settings.job_lease_seconds,
            statement_timeout_seconds=settings.statement_timeout_seconds,
        )
    finally:
        db.dispose()


def prepare(registry: JobRegistry, settings: Settings) -> None:
    """Does before RQ forks what each of its children would have to do again: mappers, dialect, the first statement."""
    configure_mappers()
    db = _database(settings)
    try:
        with db.transaction(Context(tenant_id=uuid.uuid4())) as session:
            claim(session, registry.model, uuid.uuid4(), lease_seconds=1)
    except SQLAlchemyError:
        log.warning("worker_not_prepared", service=registry.service)
    db.dispose()  # two processes must not speak over one connection
    # What is here now stays; the collector of a child need not go through it, nor copy its pages by doing so. And work
    # on thousands of rows at a time makes many objects that no cycle holds: looking for cycles was a quarter of it.
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 100)


def _database(settings: Settings) -> Database:
    """One per process and address, so that what was prepared before the fork is there after it."""
    return _database_at(
        settings.database_url.get_secret_value(),
        settings.service,
        settings.statement_timeout_seconds,
        settings.lock_wait_seconds,
        settings.audit_retention_days,
    )


@cache
def _database_at(
    url: str, service: str, statement_timeout_seconds: float, lock_wait_seconds: float, audit_days: int
) -> Database:
    return Database(
        url,
        service=service,
        statement_timeout_seconds=statement_timeout_seconds,
        lock_wait_seconds=lock_wait_seconds,
        pool_size=CONNECTIONS,
        audit_days=audit_days,
    )


def work(
    db: Database,
    registry: JobRegistry,
    *,
    tenant_id: uuid.UUID,
    job_id: uuid.UUID,
    lease_seconds: float = 30.0,
    statement_timeout_seconds: float = 15.0,
) -> None:
    """Claims one job and does it; returns quietly if it is not to be had. Raises AttemptFailed if the attempt did."""
    with db.transaction(Context(tenant_id=tenant_id)) as session:
        job = claim(session, registry.model, job_id, lease_seconds=lease_seconds)
        if job is not None and job.parent_id is None:
            tell(session, job, job, "state")
    if job is None:
        log.info("job_not_claimed", job_id=str(job_id))
        return
    run = Run(db, registry, job, lease_seconds, statement_timeout_seconds)
    if job.cancel_requested:
        run.cancelled.set()
    with bind(
        tenant=tenant_id,
        actor=job.requested_by,
        correlation_id=job.correlation_id,
        job_id=job_id,
        attempt=job.attempt,
    ):
        _attempt(run)


def _attempt(run: Run) -> None:
    kind = run.registry.find(run.job.kind)
    try:
        with Heartbeat(run):
            if run.job.children:
                _finish_parent(run)
            elif kind is None:
                raise LookupError(f"no handler for {run.job.kind}")
            elif run.attempt > run.job.max_attempts:
                raise WorkerLost("The worker stopped without a word.")
            else:
                _call(run, kind)
    except LeaseLost:
        log.warning("job_lease_lost", kind=run.job.kind)
    except Exception as failure:
        if is_permanent(failure):
            log.warning("job_failed", kind=run.job.kind, error=describe(failure))
        else:
            log.exception("job_attempt_failed", kind=run.job.kind)
        _record_failure(run, failure)
        raise AttemptFailed(f"attempt {run.attempt} of job {run.job.id} failed; see its row") from None


def _call(run: Run, kind: Kind) -> None:
    try:
        kind.handler(run)
        if not (run.ended or run.handed_over):
            with run.step() as session:
                run.finish(session)
    except Cancelled as reason:
        if not run.ended:
            with run.step(closing=True) as session:
                run.finish(session, "cancelled", error=describe(reason))


def _finish_parent(run: Run) -> None:
    """The second life of a job that had handed its work to chunks: they have all ended, or it goes back to waiting."""
    job = run.job
    with run.step(closing=True) as session:
        parent = session.get_one(type(job), (job.tenant_id, job.id), with_for_update=True)
        counts = count_children(session, type(job), job.tenant_id, job.id)
        if any(counts.get(status) for status in ACTIVE):
            session.info["step"].hands_over = True
        else:
            run.finish(session, complete(session, run.registry, parent, counts))


def _record_failure(run: Run, failure: Exception) -> None:
    """Fenced like a step: if the job has moved on, there is nothing to record."""
    permanent = is_permanent(failure) and not isinstance(failure, WorkerLost)
    with run.db.transaction(run.context) as session:
        given_back = give_back(session, type(run.job), held(run.job), error=describe(failure), permanent=permanent)
        settle(session, type(run.job), list(given_back))
        kind = run.registry.find(run.job.kind)
        for job in given_back:
            if job.is_ended and job.parent_id is None and kind is not None and kind.on_dead is not None:
                kind.on_dead(session, job)


def settle(session: Session, model: type[JobMixin], given_back: list[JobMixin]) -> None:
    """What follows from attempts that failed: events of the jobs themselves, a wake-up for parents of dead chunks."""
    dead = [job for job in given_back if job.is_ended]
    wake_parents(session, model, [(job.tenant_id, job.parent_id) for job in dead if job.parent_id is not None])
    for job in given_back:
        if job.parent_id is None:
            tell(session, job, job, "state", {"attempt": job.attempt})
    if dead:
        ring(session)
