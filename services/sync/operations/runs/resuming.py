"""A run that failed or was cancelled goes on, as the same run, behind its last batch."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from services.sync.errors import CheckpointTooOld, ConfigurationChanged, RunInProgress, RunNotResumable
from services.sync.models import Job, PipelineRun
from services.sync.queries import pipelines
from services.sync.queries.runs import last_commit
from shared.errors import NotFound
from shared.jobs import operations
from shared.jobs.lease import clock
from shared.locking import lock_by_id, named_lock
from shared.tenancy import tenant_of

OLDEST = timedelta(hours=24)


def resume(session: Session, run_id: uuid.UUID) -> Job:
    """Raises RunNotResumable, ConfigurationChanged, CheckpointTooOld, RunInProgress."""
    found = lock_by_id(session, PipelineRun, [run_id])
    if not found:
        raise NotFound("There is no such run.")
    (run,) = found
    if run.status not in ("failed", "cancelled"):
        raise RunNotResumable(f"A run that is {run.status} does not go on.", status_of_run=run.status)
    _check_configuration(session, run)
    committed = last_commit(session, run.id) or run.completed_at
    if committed is not None and clock(session) - committed > OLDEST:
        raise CheckpointTooOld("The run stopped more than 24 hours ago; start a new one.")
    named_lock(session, "run of", tenant_of(session), run.pipeline)
    running = pipelines.active_run(session, run.pipeline)
    if running is not None and run.kind != "dry_run":
        raise RunInProgress(f"A run of {run.pipeline} has not ended.", run_id=str(running.id))
    run.status, run.completed_at, run.error = "pending", None, None
    session.flush()
    return operations.resume(session, Job, run.id)


def _check_configuration(session: Session, run: PipelineRun) -> None:
    pipeline = pipelines.named(session, run.pipeline)
    version = None if pipeline is None else pipeline.config_version
    if version != run.config_version:
        raise ConfigurationChanged(
            f"The run works with version {run.config_version} of {run.pipeline}; that is not in force any more.",
            config_version=run.config_version,
            present_version=version,
        )
