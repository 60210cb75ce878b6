"""How a call that changes names went, below it included: the summary that every such answer holds."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.propagation.models import Job, String
from services.propagation.operations.runs import job_rows
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.tally import Tally


def propagation_summary(
    session: Session,
    prepared: Prepared,
    job: Job | None,
    *,
    wanted: Tally,
    done: Tally | None,
    status: str,
) -> dict[str, Any]:
    """`done` is None as long as a worker has it: then the counts are what is planned."""
    options, tally = prepared.options, wanted if done is None else done
    return {
        "propagation_enabled": options.propagate,
        "mode": str(options.mode),
        "max_depth": options.max_depth,
        "status": status,
        "job_id": str(job.id) if job else None,
        "total_affected": tally.affected,
        "successful": 0 if done is None else tally.affected,
        "failed": wanted.failed,
        "skipped": wanted.skipped,
        "truncated": wanted.truncated,
        "stale_marked": 0 if done is None else tally.stale,
        "errors": job_rows.first_errors(session, job) if job and wanted.failed else [],
    }


def of_job(session: Session, prepared: Prepared, job: Job) -> dict[str, Any]:
    """The same of a run that a worker has ended."""
    options, failed = prepared.options, job.failed - job.skipped
    status = "direct_only" if job.status == "completed" and not options.propagate else job.status
    marked = select(func.count()).where(
        String.tenant_id == job.tenant_id, String.stale_reason.is_not(None), String.stale_since >= job.started_at
    )
    return {
        "propagation_enabled": options.propagate,
        "mode": str(options.mode),
        "max_depth": options.max_depth,
        "status": status if options.regenerate else "disabled",
        "job_id": str(job.id),
        "total_affected": job.processed,
        "successful": job.processed,
        "failed": failed,
        "skipped": job.skipped,
        "truncated": job.truncated,
        "stale_marked": session.scalar(marked) or 0,
        "errors": job_rows.first_errors(session, job) if failed else [],
    }


def of_batch(total: int, successful: int, failed: int, skipped: int, status: str) -> dict[str, Any]:
    """What became of the updates of a batch."""
    return {
        "total_updates": total,
        "successful_count": successful,
        "failed_count": failed,
        "skipped_count": skipped,
        "status": status,
    }
