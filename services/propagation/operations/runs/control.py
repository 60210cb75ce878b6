"""What people do with runs: try again, take back, stop, forget."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.propagation.domain.error_handling import ErrorHandling, Outcome, RunStatus
from services.propagation.domain.settings import run_options
from services.propagation.domain.wave import Scope
from services.propagation.errors import (
    AlreadyUndone,
    JobNotFinished,
    JobNotRetryable,
    JobNotUndoable,
    RegenerationDisabled,
)
from services.propagation.models import AuditEvent, Job
from services.propagation.operations.runs import (
    approving,
    behind,
    edited_rows,
    editing,
    halving,
    impact,
    job_rows,
    recording,
)
from services.propagation.operations.runs.applying import PlanOutdated, Record
from services.propagation.operations.runs.halving import StringsRefused
from services.propagation.operations.runs.preparing import Prepared, settings_for
from services.propagation.operations.runs.regenerating import Edit
from services.propagation.operations.runs.request import Environment, RunRequest
from services.propagation.operations.runs.running import ATTEMPTS, Care, check_names, demand_race, execute
from services.propagation.operations.runs.tally import Tally
from services.propagation.operations.runs.undoing import UndoWalk, count_versions
from services.propagation.queries import walk as rows
from shared.auditing.models import EventType
from shared.auditing.writing import record as record_audit
from shared.auth import demand
from shared.db import plan_for_lookups
from shared.errors import Busy
from shared.jobs import operations
from shared.jobs.models import ACTIVE, RETRYABLE
from shared.tenancy import context_of

UNDOABLE = ("completed", "partial_failure")


def demand_own(session: Session, job: Job) -> None:
    """Operators act on their own runs; anybody else's takes `job.manage`."""
    context = context_of(session)
    if job.requested_by != context.actor:
        demand(context, "job.manage")


def after_cancel(session: Session, job: Job) -> None:
    demand_own(session, job)
    approving.withdraw(session, job)
    _audit(session, job, "job.cancelled")


def retry(session: Session, job_id: uuid.UUID, body: Mapping[str, Any], environment: Environment) -> Job:
    """A new run that plans from current data what this one did not apply. Raises JobNotRetryable."""
    old = operations.find(session, Job, job_id, lock=True)
    demand_retryable(session, old)
    request = RunRequest.from_json(old.metadata_["request"])
    _demand_regeneration(session, request.options, environment)
    if request.edit is not None:
        job = editing.retry(session, old, request, environment) or old
    elif request.undo_of is not None:
        job = _undo(session, replace(request, retry_of=str(old.id)), environment)
    else:
        again_request = replace(request, trigger="retry", is_single=False, retry_of=str(old.id))
        if request.needs_approval:  # what nobody approved is asked for again, as it is now
            again_request = replace(again_request, confirmed=None)
        result = execute(session, again_request, environment)
        assert result.job is not None  # a request that is not single always has one
        job = result.job
    _audit(session, job, "job.retried", reason=body.get("reason"), retry_of=str(old.id))
    return job


def demand_retryable(session: Session, job: Job) -> None:
    """Raises JobNotRetryable, and PermissionMissing for somebody else's run."""
    demand_own(session, job)
    again = select(Job.id).where(Job.tenant_id == job.tenant_id, Job.retry_of == job.id, Job.status.in_(ACTIVE))
    if job.status not in RETRYABLE or session.scalar(again.limit(1)) is not None:
        raise JobNotRetryable("Only a run that did not do all its work can be tried again.", status_of_job=job.status)


def undo(
    session: Session, job_id: uuid.UUID, body: Mapping[str, Any], environment: Environment
) -> Job | dict[str, Any]:
    """Takes a run back as a new run; with `dry_run` the analysis of what that would change."""
    old = operations.find(session, Job, job_id, lock=True)
    demand_own(session, old)
    if old.status in ACTIVE:
        raise JobNotFinished("The run has not ended.", status_of_job=old.status)
    if old.undone_by is not None:
        raise AlreadyUndone("The run was taken back already.", undone_by=str(old.undone_by))
    if old.status not in UNDOABLE or "request" not in old.metadata_ or _wrote_no_names(old):
        raise JobNotUndoable("This run changed nothing that could be taken back.", status_of_job=old.status)
    options = {"error_handling": body["error_handling"]} if body.get("error_handling") else {}
    _demand_regeneration(session, options, environment)
    request = RunRequest("undo", (), options, direct_type="rollback", undo_of=str(old.id))
    edit = RunRequest.from_json(old.metadata_["request"]).edit
    if edit is not None and edit["replace_with"] is None:
        return _undo_edit(session, old, Edit.from_json(edit), body, environment)
    if body.get("dry_run"):
        return _preview_undo(session, request, environment)
    if edit is not None:  # the value that went comes back first
        edited_rows.perform(session, Edit.from_json(edit).inverse)
    job = _undo(session, request, environment)
    if job.status != "failed":
        old.undone_by = job.id
    _audit(session, job, "job.undone", undo_of=str(old.id))
    return job


def _wrote_no_names(job: Job) -> bool:
    return job.kind == behind.KIND or job.trigger_type == "analysis"


def _undo_edit(
    session: Session, old: Job, edit: Edit, body: Mapping[str, Any], environment: Environment
) -> Job | dict[str, Any]:
    """A renamed value or edited rule goes back to what it was, and the names with it."""
    options = {"error_handling": body["error_handling"]} if body.get("error_handling") else {}
    if body.get("dry_run"):
        prepared, tally = editing.preview(session, edit.inverse, options, environment)
        return impact.analysis(session, prepared, tally, environment)
    job = editing.undo(session, old, edit, options, environment)
    if job.status != "failed":
        old.undone_by = job.id
    _audit(session, job, "job.undone", undo_of=str(old.id))
    return job


def prepare_undo(session: Session, request: RunRequest, environment: Environment) -> Prepared:
    settings = settings_for(session, environment, request.options)
    scope = Scope(levels=rows.rule_levels(session), rules={}, propagate=False)
    return Prepared(request, settings, run_options(settings), scope, {}, [], {})


def undo_walk(prepared: Prepared) -> UndoWalk:
    assert prepared.request.undo_of is not None
    return UndoWalk(uuid.UUID(prepared.request.undo_of), prepared.scope, unwritable=prepared.unwritable)


def undo_record(prepared: Prepared, job_id: uuid.UUID) -> Record:
    assert prepared.request.undo_of is not None
    undone = uuid.UUID(prepared.request.undo_of)
    return Record(job_id, "rollback", action="string.restored", is_careful=prepared.is_careful, undone=undone)


def _undo(session: Session, request: RunRequest, environment: Environment) -> Job:
    prepared = prepare_undo(session, request, environment)
    plan_for_lookups(session)
    total = count_versions(session, undo_walk(prepared).job_id)
    if total >= prepared.options.background_threshold:
        return job_rows.submit(session, prepared, environment, total=total)
    races, care = 0, Care()
    while races < ATTEMPTS:
        try:
            with session.begin_nested():
                return undo_here(session, job_rows.open_here(session, prepared), care.over(prepared), environment)
        except (PlanOutdated, StringsRefused, DBAPIError, psycopg.Error) as failure:
            if not care.learns(failure):
                demand_race(failure)
                races += 1
    raise Busy("Others keep changing the same strings; try again.")


def undo_here(session: Session, job: Job, prepared: Prepared, environment: Environment) -> Job:
    """The whole of an undo and its end in this transaction."""
    wanted, applied = apply_undo(session, job.id, prepared, environment)
    job_rows.close(session, job, prepared, wanted, applied, Outcome({}, (), status_of(wanted, applied)))
    return job


def apply_undo(
    session: Session, job_id: uuid.UUID, prepared: Prepared, environment: Environment
) -> tuple[Tally, Tally]:
    """What was to be restored and what was, in this transaction."""
    wanted, applied = Tally(), Tally()
    planned = []
    for wave in undo_walk(prepared).waves(session, size=environment.chunk_size):
        wanted.add(wave)
        planned.append(wave)
    all_or_nothing = prepared.options.error_handling is not ErrorHandling.CONTINUE
    if not (all_or_nothing and wanted.left_out):
        record = undo_record(prepared, job_id)
        for wave in planned:
            halving.apply(session, wave, record)
            applied.add(wave)
        check_names(session)
    for wave in planned:
        recording.record_left_out(session, job_id, wave.plan)
    return wanted, applied


def status_of(wanted: Tally, applied: Tally) -> RunStatus:
    if wanted.total == applied.processed:
        return RunStatus.COMPLETED
    return RunStatus.PARTIAL_FAILURE if applied.processed else RunStatus.FAILED


def _preview_undo(session: Session, request: RunRequest, environment: Environment) -> dict[str, Any]:
    prepared = prepare_undo(session, request, environment)
    plan_for_lookups(session)
    tally = Tally()
    for wave in undo_walk(prepared).waves(session, size=environment.chunk_size):
        tally.add(wave)
    return impact.analysis(session, prepared, tally, environment)


def _demand_regeneration(session: Session, options: Mapping[str, Any], environment: Environment) -> None:
    if not run_options(settings_for(session, environment, options)).regenerate:
        raise RegenerationDisabled("Regeneration is switched off.")


def cleanup(session: Session, *, days: int, at_most: int = 1000) -> int:
    """Forgets runs that ended more than `days` ago, with their changes, chunks and errors; versions and audit stay.

    Returns how many; call again while it is `at_most`.
    """
    before = datetime.now(UTC) - timedelta(days=days)
    old = (
        select(Job.tenant_id, Job.id)
        .where(Job.parent_id.is_(None), Job.status.not_in(ACTIVE), Job.completed_at < before)
        .limit(at_most)
    )
    found = session.execute(old).all()
    if found:
        session.execute(
            delete(Job).where(Job.tenant_id == found[0].tenant_id, Job.id.in_([row.id for row in found])),
            execution_options={"synchronize_session": False},
        )
    return len(found)


def _audit(session: Session, job: Job, action: str, **metadata: Any) -> None:
    record_audit(
        session,
        AuditEvent,
        action=action,
        entity_type="job",
        entity_id=str(job.id),
        event_type=EventType.STATE_CHANGED,
        metadata={name: value for name, value in metadata.items() if value is not None} or None,
    )
