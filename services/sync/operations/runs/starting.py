"""Asking for a run: one at a time for each pipeline, the run and its job written with the request."""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.errors import PipelineInactive, RunInProgress
from services.sync.models import Job, Pipeline, PipelineRun
from services.sync.queries import pipelines
from shared.jobs import operations
from shared.locking import named_lock
from shared.tenancy import context_of, tenant_of

KIND = "sync.run"
ATTEMPTS = 3
# What makes a run partial: it loads, but says nothing about what it did not look at.
NARROWING = ("since", "until", "days", "top", "filters")


class Started(NamedTuple):
    run: PipelineRun
    job: Job
    is_new: bool


def start(
    session: Session,
    pipeline: Pipeline,
    asked: Mapping[str, Any],
    *,
    trigger: str = "api",
    group_run_id: uuid.UUID | None = None,
) -> Started:
    """A new run, or (`if_running: join`) the one that goes on. Raises PipelineInactive, RunInProgress."""
    if not pipeline.active:
        raise PipelineInactive(pipeline.name)
    configuration = Configuration(pipelines.version_of(session, pipeline).configuration)
    kind = kind_of(configuration, asked)
    if kind != "dry_run":
        named_lock(session, "run of", tenant_of(session), pipeline.name)
        running = pipelines.active_run(session, pipeline.name)
        if running is not None:
            return _in_progress(session, running, asked)
    return _write(session, pipeline, configuration, asked, kind=kind, trigger=trigger, group_run_id=group_run_id)


def kind_of(configuration: Configuration, asked: Mapping[str, Any]) -> str:
    if asked.get("dry_run"):
        return "dry_run"
    if any(asked.get(name) is not None for name in NARROWING):
        return "partial"
    wanted = asked.get("mode") or ("incremental" if configuration.incremental else "full")
    return "incremental" if wanted == "incremental" and configuration.incremental else "full"


def _in_progress(session: Session, running: PipelineRun, asked: Mapping[str, Any]) -> Started:
    if asked.get("if_running") != "join":
        raise RunInProgress(f"A run of {running.pipeline} has not ended.", run_id=str(running.id))
    return Started(running, operations.find(session, Job, running.id), is_new=False)


def _write(
    session: Session,
    pipeline: Pipeline,
    configuration: Configuration,
    asked: Mapping[str, Any],
    *,
    kind: str,
    trigger: str,
    group_run_id: uuid.UUID | None,
) -> Started:
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
    job = operations.submit(
        session,
        Job,
        kind=KIND,
        queue="sync",
        id=run.id,
        max_attempts=ATTEMPTS,
        run_timeout_seconds=configuration.timeout_seconds,
        payload={"pipeline": pipeline.name},
    )
    session.refresh(run)
    return Started(run, job, is_new=True)
