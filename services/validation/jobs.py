"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

from functools import cache

from services.validation.config import CALLS, QUEUES, Settings
from services.validation.models import Base, Job
from shared.jobs import performing
from shared.jobs.operations import forget_ended
from shared.jobs.registry import JobRegistry
from shared.jobs.relay import RelayedService
from shared.jobs.run import Run
from shared.relaying import relayed_service

registry = JobRegistry("validation", Job)


@cache
def _settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has the required ones


def perform(tenant_id: str, job_id: str) -> None:
    """RQ's door."""
    performing.perform(registry, _settings(), tenant_id, job_id)


@registry.handler("validation.cleanup")
def cleanup(work: Run) -> None:
    """Forgets old jobs, daily."""
    days = int(work.payload.get("days", _settings().job_retention_days))
    while True:
        with work.step() as session:
            forgotten = forget_ended(session, Job, days=days)
            work.progress(session, processed=forgotten)
            if forgotten < 1000:
                work.finish(session)
                return


def relayed(settings: Settings) -> RelayedService:
    """What the relay does for this service."""
    return relayed_service(
        settings,
        Base,
        queues=QUEUES,
        calls_of=CALLS,
        registry=registry,
    )
