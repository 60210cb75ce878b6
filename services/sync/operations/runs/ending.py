"""The end of a run: deletes, watermark, state and status, in one transaction with its last batch; or why it failed."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from services.sync.domain.configuration import DEFAULT_MAX_SHARE
from services.sync.domain.cursors import later, read_cursor, written
from services.sync.domain.tally import Tally
from services.sync.errors import DeleteThresholdExceeded, EmptySource
from services.sync.loaders.deleting import Deletes
from services.sync.models import Job, PipelineRun, PipelineState
from services.sync.operations.quarantine.retrying import retry_waiting_for
from services.sync.operations.runs import following
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.removing import Removals
from services.sync.queries import pipelines, runs
from shared.jobs import operations
from shared.jobs.lease import clock
from shared.jobs.models import EndStatus
from shared.tenancy import tenant_of

# Rows that may go in any case where no share is given.
FEW = 5
# What jobs call a run that has ended so.
STATUS_OF_JOB: Mapping[str, EndStatus] = {
    "completed": "completed",
    "completed_with_errors": "partial_failure",
    "failed": "failed",
    "cancelled": "cancelled",
    "skipped": "cancelled",
}
# Codes of failures that are not raised here, and the class that a run tells.
CLASSES = {"timeout": "timeout", "worker_lost": "infrastructure", "internal_error": "infrastructure"}


def finish(session: Session, run: PipelineRun, setup: Setup, tally: Tally, deletes: Deletes | Removals) -> EndStatus:
    """Ends a run whose rows are all loaded, with the counters of all its parts; the status of its job.

    Raises DeleteThresholdExceeded, EmptySource: then the last batch is rolled back too.
    """
    if setup.detects_deletes:
        _delete_missing(session, run, setup, tally, deletes)
    run.status = "completed_with_errors" if tally.errors else "completed"
    run.stats, run.stages, run.skips = tally.stats(), tally.stages_told(), dict(tally.skips)
    run.unmapped_fields = sorted(tally.unmapped)
    run.completed_at = clock(session)
    if tally.counts["created"] + tally.counts["updated"] and not setup.is_dry:
        retry_waiting_for(session, setup.target.name)
    if setup.keeps_state:
        _settle_state(session, run, setup, tally)
    session.flush()
    following.follow(session, run)
    return STATUS_OF_JOB[run.status]


def _delete_missing(
    session: Session, run: PipelineRun, setup: Setup, tally: Tally, deletes: Deletes | Removals
) -> None:
    if tally.keyless:
        text = f"{tally.keyless} bad rows have no readable key, so nothing is deleted."
        run.warnings = [*run.warnings, {"code": "deletes_skipped", "text": text}]
        return
    parameters = {"tenant": tenant_of(session), "pipeline": run.pipeline, "run": run.id}
    session.flush()
    found = deletes.count(session, parameters)
    if not (run.parameters.get("allow_mass_delete") or setup.replaces):
        _check_share(setup, tally, live=found.live, missing=found.missing)
    if found.missing:
        change = deletes.show if setup.is_dry else deletes.mark
        ended = change(session, parameters)
        tally.counts["deleted"] += ended
        if ended < found.missing:
            text = f"The target keeps {found.missing - ended} rows that the source has no more."
            run.warnings = [*run.warnings, {"code": "deletes_refused", "text": text}]


def _check_share(setup: Setup, tally: Tally, *, live: int, missing: int) -> None:
    if live and tally.extracted == 0:
        raise EmptySource(f"The source has no rows, the target {live}.", live=live, missing=missing)
    share = setup.configuration.max_deleted_share
    limit = live * (DEFAULT_MAX_SHARE if share is None else share)
    if missing > limit and (share is not None or missing > FEW):
        text = f"{missing} of {live} rows are missing from the source."
        raise DeleteThresholdExceeded(text, live=live, missing=missing)


def _settle_state(session: Session, run: PipelineRun, setup: Setup, tally: Tally) -> None:
    state = pipelines.state_of(session, run.pipeline)
    if state is None:  # the pipeline was deleted while it ran
        return
    state.checkpoint = None
    incremental = setup.configuration.incremental
    advances = run.status == "completed" or (incremental is not None and incremental.advance_on_errors)
    if setup.is_partial or not advances:
        return
    state.last_successful_sync_at, state.last_successful_run_id = run.started_at, run.id
    state.mapping_checksum = setup.configuration.mapping_checksum
    if incremental is not None:
        state.watermark = _watermark(run, setup, state, tally)
    run.watermark_after = state.watermark


def _watermark(run: PipelineRun, setup: Setup, state: PipelineState, tally: Tally) -> str | None:
    greatest = read_cursor(tally.greatest)
    if setup.plan["by"] == "max_seen" or isinstance(greatest, Decimal):
        best = later(read_cursor(state.watermark), greatest)
        return state.watermark if best is None else written(best)
    assert run.started_at is not None  # set by the plan
    return written(run.started_at - timedelta(seconds=tally.clock_behind_seconds))


def record_cancelled(session: Session, run_id: uuid.UUID) -> None:
    """What was committed stays; so does the checkpoint, for a resume."""
    run = pipelines.run_of(session, run_id)
    if run is not None and run.status in ("pending", "running"):
        following.end(session, run, "cancelled", clock(session))


def record_dead(session: Session, job: Any) -> None:
    """A run that has failed for good; `job.error` says why."""
    run = pipelines.run_of(session, job.id)
    if run is None or run.status not in ("pending", "running"):
        return
    said = dict(job.error or {})
    code = said.get("code", "internal_error")
    own = {name: value for name, value in said.items() if name not in ("detail", "reason", "errors")}
    message = said.get("detail", "")
    run.error = {"class": CLASSES.get(code, "infrastructure"), "sample": [], **own, "code": code, "message": message}
    following.end(session, run, "failed", job.completed_at or clock(session))


def record_parts(session: Session, job: Any, _counts: Mapping[str, int]) -> EndStatus:
    """All chunks of a run's job have ended. The last part that was loaded has ended the run; if one failed or was
    cancelled, it ends here. The status of the job."""
    run = pipelines.run_of(session, job.id)
    assert run is not None  # kept longer than its job
    session.refresh(run)
    if run.status == "running" and job.cancel_requested:
        record_cancelled(session, run.id)
    elif run.status == "running":
        job.error = runs.failed_part(session, run.id)
        record_dead(session, job)
    return STATUS_OF_JOB[run.status]


def cancel(session: Session, run: PipelineRun) -> bool:
    """Whether it has ended by this; one that a worker has ends before its next commit. Raises JobFinished."""
    if run.status == "pending" and session.get(Job, (run.tenant_id, run.id)) is None:
        record_cancelled(session, run.id)  # a member of a group run that waits for others
        return True
    job = operations.request_cancel(session, Job, run.id)
    after_cancel(session, job)
    return job.is_ended


def after_cancel(session: Session, job: Job) -> None:
    """A run that no worker had yet ends with its job; a running one ends itself."""
    if job.status == "cancelled":
        record_cancelled(session, job.id)
