"""Pipelines that have had no success for too long, or whose due run did not begin: looked for every few minutes."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.sync.domain.alerts import LATE, Finding
from services.sync.domain.configuration import Configuration
from services.sync.models import Pipeline, PipelineRun, PipelineState, Schedule
from services.sync.operations.alerts.raising import settle
from services.sync.queries import pipelines
from shared.jobs.lease import clock
from shared.schedules import put_schedule
from shared.tenancy import tenant_of

WATCH, NAME = "sync.watch", "watch"


def put_watch(session: Session, configuration: Configuration) -> None:
    """There is a watch as soon as one pipeline wants it."""
    if "stale" in configuration.alerts.get("on", ()):
        put_schedule(session, Schedule, name=NAME, kind=WATCH, queue="sync", cron="*/5 * * * *", catch_up="skip")


def watch(session: Session) -> None:
    """Raises and ends alerts of cause stale; where nobody wants them the watch ends."""
    active = pipelines.in_force().where(Pipeline.tenant_id == tenant_of(session), Pipeline.active)
    found = [
        (pipeline, Configuration(version.configuration).alerts) for pipeline, version in session.execute(active).all()
    ]
    wanted = [(pipeline, alerts) for pipeline, alerts in found if "stale" in alerts.get("on", ())]
    if not wanted:
        own = (Schedule.tenant_id == tenant_of(session), Schedule.name == NAME)
        session.execute(delete(Schedule).where(*own), execution_options={"synchronize_session": False})
        return
    late, successes = _late(session), _successes(session)
    now = clock(session)
    findings = []
    for pipeline, alerts in wanted:
        limit = alerts.get("stale_after_seconds")
        since = successes.get(pipeline.name) or pipeline.created_at
        is_old = limit is not None and (now - since).total_seconds() > limit
        if is_old or pipeline.name in late:
            text = f"No success for {limit} seconds." if is_old else "A due run did not begin."
            findings.append(Finding(pipeline.name, "stale", True, text, alerts.get("webhook")))
        else:
            findings.append(Finding(pipeline.name, "stale", False, "", alerts.get("webhook")))
    settle(session, findings)


def _late(session: Session) -> set[str]:
    """Pipelines with a scheduled run that waits for a worker for too long."""
    waiting = select(PipelineRun.pipeline).where(
        PipelineRun.tenant_id == tenant_of(session),
        PipelineRun.trigger == "schedule",
        PipelineRun.status == "pending",
        PipelineRun.created_at < func.now() - LATE,
    )
    return set(session.scalars(waiting))


def _successes(session: Session) -> dict[str, datetime | None]:
    rows = session.execute(
        select(PipelineState.pipeline, PipelineState.last_successful_sync_at).where(
            PipelineState.tenant_id == tenant_of(session)
        )
    )
    return {pipeline: at for pipeline, at in rows}
