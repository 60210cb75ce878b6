"""A due schedule: it asks for a run, or finds that there is no need."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.operations.runs.ending import record_skipped
from services.sync.operations.runs.starting import start
from services.sync.queries import pipelines, runs
from shared.jobs import operations

log = structlog.get_logger(__name__)


def start_due(session: Session, payload: Mapping[str, Any]) -> None:
    """Joins a run that goes on. A pipeline that has gone or is switched off has no schedule any more."""
    pipeline = pipelines.named(session, payload["pipeline"])
    if pipeline is None or not pipeline.active:
        log.info("schedule_without_pipeline", pipeline=payload["pipeline"])
        return
    asked: dict[str, Any] = {"if_running": "join", "dependencies": "check"}
    asked |= {"mode": payload["mode"]} if "mode" in payload else {}
    started = start(session, pipeline, asked, trigger="schedule")
    if not started.is_new:
        return
    reason = unmet(session, Configuration(pipelines.version_of(session, pipeline).configuration))
    if reason is not None:
        operations.request_cancel(session, type(started.job), started.job.id)
        record_skipped(session, started.run, reason)


def unmet(session: Session, configuration: Configuration) -> str | None:
    """Why the pipelines that this one depends on do not let it run."""
    latest = runs.latest_ended(session, configuration.depends_on)
    for name in configuration.depends_on:
        found = latest.get(name)
        status = "never ran" if found is None else found.status
        good = ("completed",) if configuration.require_clean else ("completed", "completed_with_errors")
        if status not in good:
            return f"{name}: {status}"
    return None
