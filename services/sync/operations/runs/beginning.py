"""A run on its own: it looks at what its pipeline depends on, as the request says, and begins, waits or is skipped."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.models import Pipeline, PipelineRun
from services.sync.operations.runs.following import end
from services.sync.operations.runs.grouping import start_with_needs, unmet
from services.sync.operations.runs.starting import Started, submit_job, write_run
from services.sync.queries import pipelines, runs
from shared.jobs.lease import clock

LONGEST_WAIT = timedelta(hours=1)


def start(session: Session, pipeline: Pipeline, asked: Mapping[str, Any], *, trigger: str = "api") -> Started:
    """Raises PipelineInactive, RunInProgress."""
    configuration = Configuration(pipelines.version_of(session, pipeline).configuration)
    if asked.get("dependencies") == "run" and configuration.depends_on:
        return Started(start_with_needs(session, pipeline.name, asked), is_new=True)
    started = write_run(session, pipeline, configuration, asked, trigger=trigger)
    if not started.is_new:
        return started
    run = started.run
    if asked.get("dependencies") != "check":
        _warn(session, run, configuration)
        submit_job(session, run, configuration)
    elif runs.going_on(session, configuration.depends_on):
        # Who ends wakes it; if nobody does, it looks again by itself.
        submit_job(session, run, configuration, run_at=clock(session) + LONGEST_WAIT)
    elif not skip_unmet(session, run, configuration):
        submit_job(session, run, configuration)
    session.flush()
    return started


def skip_unmet(session: Session, run: PipelineRun, configuration: Configuration) -> bool:
    """Ends a run whose needs are not met; whether it did."""
    reason = unmet(session, configuration)
    if reason is not None:
        end(session, run, "skipped", clock(session), reason=reason)
    return reason is not None


def still_waits(session: Session, run: PipelineRun, configuration: Configuration) -> bool:
    """For a worker that has taken a run which was to look at its needs: ends it if they are not met after all."""
    if run.parameters.get("dependencies") != "check" or run.plan:
        return False
    busy = runs.going_on(session, configuration.depends_on)
    if busy:
        hours = LONGEST_WAIT.total_seconds() / 3600
        end(session, run, "skipped", clock(session), reason=f"{busy[0]}: running for over {hours:.0f} h")
        return True
    return skip_unmet(session, run, configuration)


def _warn(session: Session, run: PipelineRun, configuration: Configuration) -> None:
    reason = unmet(session, configuration) if configuration.depends_on else None
    if reason is not None:
        run.warnings = [*run.warnings, {"code": "dependency_not_met", "text": reason}]
