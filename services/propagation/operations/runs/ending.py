"""The end of a run in a worker: what a chunk leaves behind that was stopped, and what that makes of the counters."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.plan import StaleReason
from services.propagation.models import Job
from services.propagation.operations.runs import background, job_rows, marking, recording
from services.propagation.operations.runs.codec import unpack_flows
from services.propagation.operations.runs.running import PREVIEW_SIZE
from shared.jobs.models import EndStatus

OUT_OF_TIME = Failure(ErrorType.TIMEOUT, "timeout", "The time of the run was over before this subtree was reached.")
GIVEN_UP = Failure(ErrorType.UNKNOWN, "attempts_exhausted", "The part of the run with this subtree failed too often.")


def give_up(session: Session, job_id: uuid.UUID, payload: Mapping[str, Any], *, failure: Failure | None = None) -> int:
    """What a cancelled, late or dead chunk leaves behind: strings that it would have changed are stale; with a
    `failure` each subtree not reached gets an error. Returns the number of those strings.

    It is planned like a preview, since strings below that hold another value of their own were never to change.
    """
    parents = [parent_id for parent_id, _size, _flows in payload["state"]["queue"]]
    if not parents:
        return 0
    reason, left = StaleReason.FAILED if failure else StaleReason.PENDING_PROPAGATION, 0
    walk, _record = background.resume(session, payload, job_id)
    for wave in walk.waves(session, size=PREVIEW_SIZE):
        plan = wave.plan
        left += len(plan.changes) + len(plan.failed) + len(plan.skipped)
        marking.mark_strings(session, dict.fromkeys((change.string_id for change in plan.changes), reason) | plan.stale)
        if failure is not None:
            recording.record_changes(session, job_id, recording.unreached_rows(plan, failure))
    if left:
        flows = unpack_flows(payload["state"]["flows"])
        marking.pending(session, {(flow.origin_id, flow.key) for flow in flows if isinstance(flow.key, int)})
    if left and failure is not None:
        errors = [recording.error_row(failure, string_id=parent_id) for parent_id in parents]
        recording.record_errors(session, job_id, errors)
    return left


def finish(session: Session, job: Job) -> EndStatus:
    """The end of a chunked run, by its counters; the total becomes what it really was, except of a run that was
    stopped on the way."""
    _give_up_for(session, job)
    job.total = job.total if job.cancel_requested else job.processed + job.failed
    errors = select(func.count()).where(Job.tenant_id == job.tenant_id, Job.parent_id == job.id, Job.truncated)
    job.truncated = job.truncated or bool(session.scalar(errors))
    job.processing_method = "chunked"
    status = background.status_of(session, job, processed=job.processed, failed=job.failed)
    if job.cancel_requested:
        status = "cancelled"
    job_rows.audit_end(session, job, status)
    return status


def _give_up_for(session: Session, job: Job) -> None:
    """For chunks that could not see to their strings themselves: cancelled while they waited, or dead."""
    silent = or_(Job.status == "cancelled", Job.dead_letter)
    chunks = select(Job).where(Job.tenant_id == job.tenant_id, Job.parent_id == job.id, silent)
    for chunk in session.scalars(chunks).all():
        if job.cancel_requested:
            give_up(session, job.id, chunk.payload)
        else:
            left = give_up(session, job.id, chunk.payload, failure=GIVEN_UP)
            job.failed, job.skipped = job.failed + left, job.skipped + left
            job.total = max(job.total, job.processed + job.failed)


def give_up_whole(session: Session, job: Job) -> tuple[EndStatus, int]:
    """A run that ran out of time in a single transaction, or between the waves of an undo or an edit: an error for
    each string that it was to begin with; the status and how many strings were not done."""
    row = session.get_one(Job, (job.tenant_id, job.id))
    roots = row.metadata_["root_strings"] or [None]
    recording.record_errors(session, job.id, [recording.error_row(OUT_OF_TIME, string_id=root) for root in roots])
    return "partial_failure" if row.processed else "failed", max(0, row.total - row.processed - row.failed)


def bury(session: Session, job: Job) -> None:
    """A run that failed too often before it had chunks: what it was to begin with gets errors, all the rest counts as
    skipped."""
    roots = job.metadata_["root_strings"] or [None]
    recording.record_errors(session, job.id, [recording.error_row(GIVEN_UP, string_id=root) for root in roots])
    job.total = max(job.total, len(roots))
    job.failed = job.total - job.processed
    job.skipped = max(0, job.failed - len(roots))
    session.flush()
    job_rows.audit_end(session, job, job.status)
