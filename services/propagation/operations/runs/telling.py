"""The log lines of runs: one at the end of each, and one for each level that it reaches when debugging."""

import logging
from datetime import UTC, datetime
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.plan import WavePlan
from services.propagation.models import Job
from shared.db import after_commit
from shared.jobs.step import Step

log = structlog.get_logger(__name__)


class Counts(NamedTuple):
    total: int
    processed: int
    failed: int
    skipped: int


def counts_of(session: Session, job: Job) -> Counts:
    """Counters of a run that is about to end.

    A worker holds the job as it was when it began; the counters are in the row, and those of the open step join them
    when it closes.
    """
    if job in session:
        return Counts(job.total, job.processed, job.failed, job.skipped)
    row = session.execute(
        select(Job.total, Job.processed, Job.failed, Job.skipped).where(
            Job.tenant_id == job.tenant_id, Job.id == job.id
        )
    ).one()
    step: Step = session.info["step"]
    processed, failed = row.processed + step.processed, row.failed + step.failed
    total = row.total if step.total is None else step.total
    return Counts(max(total, processed + failed), processed, failed, row.skipped + step.skipped)


def log_end(session: Session, job: Job, status: str, counts: Counts) -> None:
    """One line; of a worker's run only once it is committed, because a step may still be refused."""
    seconds = (job.completed_at or datetime.now(UTC)) - job.started_at if job.started_at else None
    told = {
        "job_id": str(job.id),
        "trigger": job.trigger_type,
        "method": job.processing_method,
        "status": str(status),
        **counts._asdict(),
        "seconds": round(seconds.total_seconds(), 3) if seconds else None,
    }
    if "step" in session.info:
        after_commit(session, lambda: log.info("run_ended", **told))
    else:
        log.info("run_ended", **told)


def log_levels(plan: WavePlan, *, job_id: object) -> None:
    """What a wave changes; counted only if somebody wants to know."""
    if not logging.getLogger(__name__).isEnabledFor(logging.DEBUG):
        return
    for level, strings in plan.by_level.items():
        log.debug("run_level", job_id=str(job_id), level_of_tree=level, strings=strings)
