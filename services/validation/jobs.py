"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

import uuid
from dataclasses import replace
from functools import cache

import structlog

from services.validation.config import CALLS, QUEUES, Settings
from services.validation.models import Base, Job
from services.validation.operations import freshness, keeping
from services.validation.operations.constraints import assertion
from services.validation.operations.gauges import constraint_figures
from services.validation.operations.health import judging, ticketing
from services.validation.operations.integrity import asking
from services.validation.operations.integrity.ending import record_dead, record_end
from services.validation.operations.integrity.running import carry_out
from shared.cache.reading import KIND as CACHE
from shared.jobs import performing
from shared.jobs.duties import Duty
from shared.jobs.errors import Cancelled
from shared.jobs.operations import forget_ended
from shared.jobs.registry import JobRegistry
from shared.jobs.relay import RelayedService
from shared.jobs.run import Run
from shared.outbox.mail import KIND as MAIL
from shared.outbox.mail import MailSender
from shared.relaying import relayed_service

log = structlog.get_logger(__name__)

registry = JobRegistry("validation", Job)


@cache
def _settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has the required ones


def perform(tenant_id: str, job_id: str) -> None:
    """RQ's door."""
    freshness.watch(_settings())
    performing.perform(registry, _settings(), tenant_id, job_id)


@registry.handler("validation.cleanup")
def cleanup(work: Run) -> None:
    """Forgets old jobs, and figures and kept rows that are too old to be asked for, daily."""
    days = int(work.payload.get("days", _settings().job_retention_days))
    forgotten = keeping.AT_ONCE
    while forgotten >= keeping.AT_ONCE:
        with work.step() as session:
            forgotten = keeping.forget_old(session)
    while True:
        with work.step() as session:
            forgotten = forget_ended(session, Job, days=days)
            work.progress(session, processed=forgotten)
            if forgotten < 1000:
                work.finish(session)
                return


@registry.handler("validation.report")
def report_health(work: Run) -> None:
    """The hourly report, and the daily one that judges."""
    with work.step(statement_timeout_seconds=asking.STATEMENT_SECONDS) as session:
        _told, said = judging.look(session, period_hours=int(work.payload.get("period_hours", 24)))
        for message in said:
            log.warning("health_alert", **message)
        work.finish(session)


@registry.handler(ticketing.ASKED)
def ticket_asked(work: Run) -> None:
    """Notes which ticket an alert has, and adds what came since."""
    with work.step() as session:
        ticketing.asked(session, int(work.payload["alert"]), work.payload["outbox"])
        work.finish(session)


@registry.handler(asking.KIND, on_dead=record_dead)
def integrity(work: Run) -> None:
    """An integrity run, or the undo of one; done twice it does nothing twice."""
    run_id = uuid.UUID(work.payload["run_id"])
    try:
        carry_out(work, run_id)
    except Cancelled:
        with work.step(closing=True) as session:
            record_end(session, run_id, "cancelled")
            work.finish(session, "cancelled")


def relayed(settings: Settings) -> RelayedService:
    """What the relay does for this service."""
    service = relayed_service(
        settings,
        Base,
        queues=QUEUES,
        calls_of=CALLS,
        registry=registry,
        senders={CACHE: freshness.cache_of(settings).send, MAIL: MailSender(settings)},
        collectors=[constraint_figures],
    )
    watch = Duty("constraints", assertion.INTERVAL_SECONDS, assertion.Watch())
    return replace(service, duties=(*service.duties, watch))
