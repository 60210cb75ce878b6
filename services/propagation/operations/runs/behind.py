"""Marks of very many strings that a change has left behind: a job of its own, so that the call need not wait for them.

The job plans from the data as they are when it runs, so what has been brought up to date meanwhile is not marked.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from services.propagation.domain.plan import StaleReason, WavePlan
from services.propagation.domain.values import Key
from services.propagation.domain.wave import UpdateKind
from services.propagation.models import Job
from services.propagation.operations.runs import job_rows
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Item, ItemKind, RunRequest
from services.propagation.operations.runs.walking import Planned
from shared.jobs import operations

KIND = "propagation.marking"
_LEFT_TO_THE_JOB = (StaleReason.PENDING_PROPAGATION, StaleReason.REGENERATION_DISABLED)


def leave(plan: WavePlan) -> None:
    """Takes the marks that the job will set out of a plan; strings that changed or failed are marked by their run."""
    changed = {change.string_id for change in plan.changes}
    plan.stale = {
        string_id: reason
        for string_id, reason in plan.stale.items()
        if reason not in _LEFT_TO_THE_JOB or string_id in changed
    }


def sent(planned: Planned) -> set[tuple[int, Key]]:
    """What a wave sends down from the strings that were named: each with the key that it holds anew."""
    return {
        (change.string_id, move.key)
        for change in planned.plan.changes
        if change.is_direct
        for move in change.moves
        if move.after is not None
    }


def submit(session: Session, prepared: Prepared, changed: set[tuple[int, Key]]) -> Job:
    """A job that sends the changed values down once more, as far as to see whom they do not reach."""
    again = {(update.string_id, update.key) for update in prepared.updates if update.kind is UpdateKind.RESEND}
    items = tuple(
        Item(index, kind=ItemKind.RESEND, string_id=string_id, key=key)
        for index, (string_id, key) in enumerate(sorted(changed | again, key=str))
    )
    request = RunRequest("system", items, prepared.request.options)
    job = operations.submit(
        session,
        Job,
        kind=KIND,
        queue="propagation_light",
        processing_method="background",
        **job_rows.columns(replace(prepared, request=request)),
    )
    session.refresh(job)
    return job


def again(session: Session, job: Job) -> Job:
    """The same marks by what is stored now. Raises JobNotRetryable."""
    columns = {
        name: getattr(job, name) for name in ("trigger_type", "processing_method", "error_handling", "max_depth")
    }
    return operations.retry(session, Job, job.id, changes={"state": None}, metadata_=job.metadata_, **columns)
