"""What follows from the end of a run: who is told, and which runs have waited for it."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.models import GroupRun, Job, Outbox, PipelineRun, PipelineVersion, Webhook
from services.sync.operations.alerts.raising import after_run
from services.sync.operations.conflicts.approving import ASK
from services.sync.operations.runs.starting import submit_job
from services.sync.queries import conflicts, runs
from shared.jobs import operations
from shared.jobs.doorbell import ring
from shared.jobs.lease import clock
from shared.locking import lock_by_id
from shared.tenancy import tenant_of
from shared.webhooks.publishing import Event, publish

WELL = ("completed", "completed_with_errors")


def end(session: Session, run: PipelineRun, status: str, at: datetime, *, reason: str | None = None) -> None:
    """Marks a run as ended; `reason` says why it was skipped."""
    run.status, run.completed_at, run.skip_reason = status, at, reason
    session.flush()
    follow(session, run)


def follow(session: Session, run: PipelineRun) -> None:
    """To be called when a run has ended, in the same transaction."""
    _tell(session, run)
    after_run(session, run)
    _wake(session, run)
    if run.group_run_id is not None:
        advance(session, run.group_run_id)


def _tell(session: Session, run: PipelineRun) -> None:
    """To the webhooks that want to know; and somebody has to decide on conflicts."""
    if run.kind == "dry_run":
        return
    if conflicts.are_untold(session, run.pipeline):
        operations.submit(session, Job, kind=ASK, queue="sync", payload={"pipeline": run.pipeline})
    data = {"id": str(run.id), "pipeline": run.pipeline, "kind": run.kind, "status": run.status, "stats": run.stats}
    publish(session, Outbox, Webhook, [Event("run.ended", data, ordering_key=f"pipeline:{run.pipeline}")])


def _wake(session: Session, run: PipelineRun) -> None:
    """Runs on their own that wait until this pipeline has none that goes on: they look again."""
    waiting = runs.waiting_for(session, run.pipeline)
    woken = session.execute(
        update(Job)
        .where(Job.tenant_id == tenant_of(session), Job.id.in_(waiting), Job.status == "pending")
        .values(run_at=func.clock_timestamp(), dispatched_at=None)
        .returning(Job.id),
        execution_options={"synchronize_session": False},
    ).all()
    if woken:
        ring(session)


def advance(session: Session, group_run_id: uuid.UUID) -> None:
    """Starts the members of a group run whose needs are met, skips those whose needs never will be, and ends it with
    the last. Members that end at the same time come here one after the other."""
    found = lock_by_id(session, GroupRun, [group_run_id])
    if not found or found[0].status != "running":
        return
    (group,) = found
    members = {run.pipeline: run for run in runs.of_group(session, group.id)}
    waiting = [run for run in members.values() if run.status == "pending" and not run.plan.get("submitted")]
    now = clock(session)
    moved = True
    while moved:
        moved = False
        for run in [run for run in waiting if run.status == "pending" and not run.plan.get("submitted")]:
            needs = {name: members[name].status for name in group.needs.get(run.pipeline, ())}
            broken = _broken(needs, clean=run.pipeline in group.clean)
            if broken is not None:
                run.status, run.completed_at, run.skip_reason = "skipped", now, broken
                moved = True
            elif all(status in WELL for status in needs.values()):
                _submit(session, run)
                moved = True
    _end_group(group, members, now)
    session.flush()


def _submit(session: Session, run: PipelineRun) -> None:
    version = session.get_one(PipelineVersion, (run.tenant_id, run.pipeline, run.config_version))
    run.plan = {"submitted": True}
    submit_job(session, run, Configuration(version.configuration))


def _broken(needs: Mapping[str, str], *, clean: bool) -> str | None:
    """The first need that will not be met any more."""
    bad = ("failed", "cancelled", "skipped", *(("completed_with_errors",) if clean else ()))
    return next((f"{name}: {status}" for name, status in needs.items() if status in bad), None)


def _end_group(group: GroupRun, members: Mapping[str, Any], now: datetime) -> None:
    states = {run.status for run in members.values()}
    if states & {"pending", "running"}:
        return
    if states <= {"completed"}:
        group.status = "completed"
    else:
        group.status = "completed_with_errors" if states <= set(WELL) else "failed"
    group.completed_at = now
