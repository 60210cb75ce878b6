"""The job row of a run: opened and closed in the request for a small one, submitted for a large one."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.propagation.domain.error_handling import Outcome, RunStatus
from services.propagation.domain.plan import WavePlan
from services.propagation.domain.settings import Effective
from services.propagation.models import AuditEvent, Job, RunError
from services.propagation.operations.runs import recording, settling, telling
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.tally import ERRORS_SHOWN, Tally
from shared.auditing.models import EventType, Level
from shared.auditing.writing import record
from shared.jobs.operations import submit as submit_job
from shared.jobs.step import tell
from shared.tenancy import context_of, tenant_of

KIND = "propagation.run"
CHUNK = "propagation.chunk"


def open_here(session: Session, prepared: Prepared, *, job_id: uuid.UUID | None = None) -> Job:
    """A row for a run that this transaction carries out; nobody sees it before it has ended."""
    context = context_of(session)
    job = Job(
        tenant_id=tenant_of(session),
        id=job_id or uuid.uuid4(),
        kind=KIND,
        queue="propagation",
        status="running",
        requested_by=context.actor,
        requested_by_name=context.actor_name,
        correlation_id=context.correlation_id,
        started_at=func.clock_timestamp(),
        processing_method="synchronous",
        **columns(prepared),
    )
    session.add(job)
    session.flush()
    return job


def close(session: Session, job: Job, prepared: Prepared, wanted: Tally, applied: Tally, outcome: Outcome) -> None:
    """Ends a run with its counters and the errors of updates that were refused by themselves."""
    record_refused(session, job.id, prepared)
    total = wanted.total + unplanned(prepared)
    job.total, job.processed, job.failed = total, applied.processed, total - applied.processed
    job.skipped = max(0, job.failed - wanted.failed - unplanned(prepared))
    job.truncated = wanted.truncated
    job.status = outcome.status
    job.completed_at = func.clock_timestamp()
    session.flush()
    session.refresh(job)
    tell(session, job, job, "state")
    audit_end(session, job, job.status)


def unplanned(prepared: Prepared) -> int:
    """Strings whose only updates were refused before planning: they were to change and did not."""
    refused = {prepared.targets[index].string_id for index in prepared.refused if index in prepared.targets}
    return len(refused - {update.string_id for update in prepared.updates})


def record_refused(session: Session, job_id: uuid.UUID, prepared: Prepared) -> None:
    """One error row for each update that failed by its own check."""
    targets = prepared.targets
    recording.record_errors(
        session,
        job_id,
        [
            recording.error_row(
                failure,
                string_id=targets[index].string_id if index in targets else None,
                detail_id=(targets[index].item.detail_id or None) if index in targets else None,
                update=index,
            )
            for index, failure in prepared.refused.items()
        ],
    )


def keep_failed(session: Session, job_id: uuid.UUID, prepared: Prepared, wanted: Tally, outcome: Outcome) -> None:
    """The failed job of a refused call, written again after everything else was rolled back."""
    job = open_here(session, prepared, job_id=job_id)
    recording.record_left_out(session, job.id, WavePlan(failed=wanted.left_out, skipped=wanted.skipped_strings))
    failed = Outcome(outcome.failed, outcome.skipped, RunStatus.FAILED)
    close(session, job, prepared, wanted, Tally(), failed)


def submit(
    session: Session,
    prepared: Prepared,
    environment: Environment,
    *,
    total: int,
    at_most: int | None = None,
    run_at: datetime | None = None,
) -> Job:
    """A job for a worker, at once or not before `run_at`; `total` is what has been counted so far, `at_most` what it
    may become."""
    job = submit_job(
        session,
        Job,
        kind=KIND,
        queue="propagation_heavy" if (at_most or total) >= environment.heavy_threshold else "propagation",
        total=total,
        run_at=run_at,
        run_timeout_seconds=prepared.options.timeout_seconds,
        statement_timeout_seconds=prepared.options.timeout_seconds,
        processing_method="background",
        **columns(prepared),
    )
    session.refresh(job)
    return job


def columns(prepared: Prepared) -> dict[str, Any]:
    request = prepared.request
    named = [target for target in prepared.targets.values() if target.item.detail_id]
    seen = {target.item.detail_id: target.version for target in named}
    packed = replace(request, seen=request.seen or seen).as_json()
    return {
        "trigger_type": request.trigger,
        "error_handling": str(prepared.options.error_handling),
        "max_depth": prepared.options.max_depth,
        "retry_of": uuid.UUID(request.retry_of) if request.retry_of else None,
        "undo_of": uuid.UUID(request.undo_of) if request.undo_of else None,
        "metadata_": {
            "request": packed,
            "options": {name: _shown(setting) for name, setting in prepared.settings.items()},
            "root_strings": sorted({target.string_id for target in prepared.targets.values()}),
        },
    }


def _shown(setting: Effective) -> dict[str, Any]:
    return {"value": setting.value, "layer": str(setting.layer)}


def audit_end(session: Session, job: Job, status: str) -> None:
    """One audit row and one log line for the run itself, beside the rows of its strings."""
    counts = telling.counts_of(session, job)
    telling.log_end(session, job, status, counts)
    settling.settle(session, job, status)
    record(
        session,
        AuditEvent,
        action=f"run.{status}",
        entity_type="job",
        entity_id=str(job.id),
        event_type=EventType.BULK_OPERATION,
        level=Level.WARNING if counts.failed else Level.INFO,
        metadata={"trigger_type": job.trigger_type, **counts._asdict()},
    )


def first_errors(session: Session, job: Job) -> list[dict[str, Any]]:
    """What an answer shows of a run's errors."""
    found = session.scalars(
        select(RunError)
        .where(RunError.tenant_id == job.tenant_id, RunError.job_id == job.id)
        .order_by(RunError.id)
        .limit(ERRORS_SHOWN)
    )
    return [
        {
            "string_id": error.string_id,
            "error_type": error.error_type,
            "code": error.error_code,
            "error": error.error_message,
            "retry_available": error.is_retryable,
        }
        for error in found
    ]
