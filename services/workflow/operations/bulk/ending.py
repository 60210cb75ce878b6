"""What a bulk job was asked for, and what is kept of it when it has ended, whichever way."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.workflow import metrics
from services.workflow.domain.machines.asking import Ask
from services.workflow.models import Job
from services.workflow.operations.bulk import recording
from services.workflow.operations.bulk.changing import Assigning, Changing, typed
from services.workflow.operations.bulk.moving import Moving
from services.workflow.operations.bulk.running import Call
from services.workflow.operations.bulk.works import Work
from services.workflow.operations.entities import Entity
from services.workflow.operations.kinds import ENTITIES
from services.workflow.queries import job_items
from shared.jobs.lease import clock


def call_of(job: Job) -> Call:
    """The call that the job was made for."""
    told = job.payload
    entity = ENTITIES[told["entity"]]
    return Call(
        entity=entity,
        operation=told["operation"],
        work=_work_of(entity, told, actor=job.requested_by),
        dry_run=told["dry_run"],
        rollback=told["rollback"],
    )


def _work_of(entity: Entity, told: Mapping[str, Any], *, actor: str | None) -> Work:
    """What `as_json` of the work told."""
    work = told["work"]
    if work["kind"] == Moving.kind:
        return Moving(work["target"], Ask(actor=actor, permissions=frozenset(told["permissions"]), **work["ask"]))
    if work["kind"] == Assigning.kind:
        return Assigning(work["user"], work["team"])
    return Changing(typed(entity, work["values"]), work["unknown"])


def record(
    session: Session, job: Job, call: Call, missing: Collection[str], *, reason: str | None = None
) -> dict[str, int]:
    """The bulk record of a real run; `reason` says why it was rolled back. Returns the number of items by status."""
    counts = job_items.counts(session, job)
    if call.dry_run:
        return counts
    total, failed = sum(counts.values()), counts.get("failed", 0)
    successful = counts.get("done", 0) + counts.get("unchanged", 0)
    seconds = (clock(session) - (job.started_at or job.created_at)).total_seconds()
    values: dict[str, Any] = {
        "operation": call.work.operation_type,
        "total": total,
        "successful": successful,
        "failed": failed,
        "success_ratio": round(successful / total, 6) if total else 0,
        "was_rolled_back": reason is not None,
        "rollback_reason": reason,
        "execution_ms": round(seconds * 1000, 3),
    }
    audit_id = recording.audit(session, call.entity, call.operation, values)
    job_items.record(session, job, values | recording.beside(session, call.entity, audit_id))
    recording.record_denied(session, call.entity, call.operation, missing, items=total)
    metrics.count_bulk(call.entity.name, call.operation, items=total, failed=failed, seconds=seconds)
    told = {"was_rolled_back": reason is not None, "rollback_reason": reason}
    these = (Job.tenant_id == job.tenant_id, Job.id == job.id)
    changed = update(Job).where(*these).values(bulk=(job.bulk or {}) | told)
    session.execute(changed, execution_options={"synchronize_session": False})
    return counts


def record_dead(session: Session, job: Any) -> None:
    """Of a job that was given up: what it committed is recorded all the same."""
    call = call_of(job)
    if call.rollback:
        job_items.roll_back(session, job)
    record(session, job, call, job.payload["missing"], reason="The job was given up." if call.rollback else None)
