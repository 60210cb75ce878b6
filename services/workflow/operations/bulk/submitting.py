"""Bulk calls of more items than one request carries: the set is fixed as the items of a job."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.workflow.domain.bulk import Pick
from services.workflow.models import Job
from services.workflow.operations.bulk.running import Call
from services.workflow.queries import job_items
from shared.errors import Invalid
from shared.jobs import operations
from shared.tenancy import context_of

KIND: Final = "workflow.bulk"
QUEUE: Final = "workflow_heavy"
STATEMENT_SECONDS: Final = 120


def submit(session: Session, call: Call, picks: Sequence[Pick], *, warnings: Sequence[str] = ()) -> Job:
    """Raises what `demand` of the work raises."""
    call.work.demand(session, call.entity, count=len(picks), dry_run=call.dry_run)
    job = _open(session, call, warnings)
    job_items.store(session, job, picks)
    return _counted(session, job, len(picks))


def submit_found(session: Session, call: Call, ids: Select[int], *, at_most: int) -> Job:
    """The set is what the select finds now. Raises Invalid where that is more than `at_most`."""
    call.work.demand(session, call.entity, count=at_most, dry_run=call.dry_run)
    job = _open(session, call, ())
    count = job_items.store_found(session, job, ids, at_most=at_most)
    if count > at_most:
        raise Invalid.field("/where", "too_many_ids", f"where: more than {at_most} items match.")
    return _counted(session, job, count)


def again(session: Session, job_id: uuid.UUID) -> Job:
    """A job with the items that the old one did not do, by the permissions of who asks now. Raises JobNotRetryable."""
    old = operations.find(session, Job, job_id)
    asked: dict[str, Any] = {**_rights(session), "place": None, "missing": []}
    ended = {"was_rolled_back": False, "rollback_reason": None}
    job = operations.retry(session, Job, job_id, changes=asked, bulk={**(old.bulk or {}), **ended})
    return _counted(session, job, job_items.store_again(session, job, old.id))


def _open(session: Session, call: Call, warnings: Sequence[str]) -> Job:
    payload: dict[str, Any] = {"entity": call.entity.path, "operation": call.operation, "work": call.work.as_json()}
    payload |= {"dry_run": call.dry_run, "rollback": call.rollback, "place": None, "missing": []}
    bulk = {
        "operation_type": call.work.operation_type,
        "entity": call.entity.name,
        "dry_run": call.dry_run,
        "rollback_on_error": call.rollback,
        "warnings": list(warnings),
        "was_rolled_back": False,
        "rollback_reason": None,
    }
    return operations.submit(
        session,
        Job,
        kind=KIND,
        queue=QUEUE,
        payload=payload | _rights(session),
        statement_timeout_seconds=STATEMENT_SECONDS,
        bulk=bulk,
    )


def _rights(session: Session) -> dict[str, list[str]]:
    """A job has no token: what its caller may do is kept with it, but not what was lent to them, which may end."""
    context = context_of(session)
    own = context.permissions - session.info.get("lent", {}).keys()
    return {"permissions": sorted(own), "teams": sorted(context.teams)}


def _counted(session: Session, job: Job, total: int) -> Job:
    job.total = total
    session.flush()
    session.refresh(job)
    return job
