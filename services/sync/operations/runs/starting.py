"""Asking for a run: one at a time for each pipeline, the run and its job written with the request."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration, narrowing
from services.sync.errors import PipelineInactive, RunInProgress
from services.sync.models import Job, Pipeline, PipelineRun
from services.sync.queries import pipelines
from shared.errors import Invalid
from shared.jobs import operations
from shared.locking import named_lock
from shared.tenancy import context_of, tenant_of

KIND = "sync.run"
ATTEMPTS = 3


class Started(NamedTuple):
    run: PipelineRun
    is_new: bool


def kind_of(configuration: Configuration, asked: Mapping[str, Any]) -> str:
    if asked.get("dry_run"):
        return "dry_run"
    if narrowing(asked) is not None:
        return "partial"
    wanted = asked.get("mode") or ("incremental" if configuration.incremental else "full")
    return "incremental" if wanted == "incremental" and configuration.incremental else "full"


def write_run(
    session: Session,
    pipeline: Pipeline,
    configuration: Configuration,
    asked: Mapping[str, Any],
    *,
    trigger: str = "api",
    group_run_id: uuid.UUID | None = None,
) -> Started:
    """A new run without its job, or (`if_running: join`) the one that goes on.

    Raises PipelineInactive, RunInProgress, Invalid.
    """
    if not pipeline.active:
        raise PipelineInactive(pipeline.name)
    _demand_all(configuration, asked)
    kind = kind_of(configuration, asked)
    if kind != "dry_run":
        named_lock(session, "run of", tenant_of(session), pipeline.name)
        running = pipelines.active_run(session, pipeline.name)
        if running is not None and asked.get("if_running") == "join":
            return Started(running, is_new=False)
        if running is not None:
            raise RunInProgress(f"A run of {pipeline.name} has not ended.", run_id=str(running.id))
    return Started(
        _insert(session, pipeline, asked, kind=kind, trigger=trigger, group_run_id=group_run_id), is_new=True
    )


def _demand_all(configuration: Configuration, asked: Mapping[str, Any]) -> None:
    """Raises Invalid for a part of what can only be replaced as a whole."""
    name = narrowing(asked)
    if configuration.target.write == "replace" and name is not None:
        text = f"{configuration.name} replaces all of its rows, so it reads all of its source."
        raise Invalid.field(f"/{name}", "not_partial", text)


def start_redrive(session: Session, pipeline: Pipeline, choice: Mapping[str, Any]) -> PipelineRun:
    """A run over entries of quarantine, with its job; it stands beside the pipeline's other runs.

    Raises PipelineInactive.
    """
    if not pipeline.active:
        raise PipelineInactive(pipeline.name)
    run = _insert(session, pipeline, choice, kind="redrive", trigger="api", group_run_id=None)
    submit_job(session, run, Configuration(pipelines.version_of(session, pipeline).configuration))
    return run


def _insert(
    session: Session,
    pipeline: Pipeline,
    asked: Mapping[str, Any],
    *,
    kind: str,
    trigger: str,
    group_run_id: uuid.UUID | None,
) -> PipelineRun:
    context = context_of(session)
    run = PipelineRun(
        tenant_id=pipeline.tenant_id,
        id=uuid.uuid4(),
        pipeline=pipeline.name,
        entity=pipeline.entity,
        config_version=pipeline.config_version,
        kind=kind,
        trigger=trigger,
        actor=context.actor,
        parameters=dict(asked),
        group_run_id=group_run_id,
        correlation_id=context.correlation_id,
    )
    session.add(run)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as failure:  # only where the lock was passed by: the index stands behind it
        raise RunInProgress(f"A run of {pipeline.name} has not ended.") from failure
    session.refresh(run)
    return run


def submit_job(
    session: Session, run: PipelineRun, configuration: Configuration, *, run_at: datetime | None = None
) -> Job:
    """The job of the run's id, which a worker takes at once or at a given time."""
    return operations.submit(
        session,
        Job,
        kind=KIND,
        queue="sync",
        id=run.id,
        max_attempts=ATTEMPTS,
        run_timeout_seconds=configuration.timeout_seconds,
        payload={"pipeline": run.pipeline, "kind": run.kind},
        run_at=run_at,
    )
