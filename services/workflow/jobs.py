"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

from datetime import UTC, datetime
from functools import cache

from services.workflow.config import CALLS, QUEUES, Settings
from services.workflow.models import (
    Base,
    BulkRecord,
    DenialRecord,
    Job,
    TransitionRecord,
)
from services.workflow.operations.approvals.expiring import expire
from services.workflow.operations.bulk import background, ending, submitting
from services.workflow.operations.migrating import carrying_over, checking
from services.workflow.operations.outgoing import NOTICE
from services.workflow.operations.search import alerting, indexing, remembering
from services.workflow.operations.search.freshness import cache_of
from services.workflow.operations.tasks.expiring import close_expired
from services.workflow.operations.timers.firing import fire_timers, tell_clocks
from services.workflow.schemas.search import FiltersByEntity
from shared.cache.reading import KIND as CACHE
from shared.jobs import performing
from shared.jobs.operations import forget_ended
from shared.jobs.registry import JobRegistry
from shared.jobs.relay import RelayedService
from shared.jobs.run import Run
from shared.outbox.mail import KIND as MAIL
from shared.outbox.mail import MailSender
from shared.outbox.models import OutboxMixin
from shared.relaying import relayed_service

registry = JobRegistry("workflow", Job)

# What names its audit row by id.
RECORDS = [Base.metadata.tables[model.__tablename__] for model in (TransitionRecord, BulkRecord, DenialRecord)]


@cache
def _settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has the required ones


def perform(tenant_id: str, job_id: str) -> None:
    """RQ's door."""
    performing.perform(registry, _settings(), tenant_id, job_id)


@registry.handler("workflow.cleanup")
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


@registry.handler(submitting.KIND, on_dead=ending.record_dead)
def change_many(work: Run) -> None:
    """A bulk operation on more items than a request carries."""
    background.BulkJob.of(work, _settings()).carry_out()


@registry.handler("workflow.due")
def due(work: Run) -> None:
    """Every minute: tasks and approvals that have expired, clocks that have something to tell, timers that fire."""
    for handle in (close_expired, expire, tell_clocks, fire_timers):
        handled = 1
        while handled:
            with work.step() as session:
                session.info["settings"] = _settings()
                handled = handle(session)
                work.progress(session, processed=handled)


@registry.handler(checking.KIND)
def migrate_items(work: Run) -> None:
    """A chunk a step. What has meanwhile moved to where the mapping does not reach is left and counted as failed."""
    said = work.payload
    lifecycle, migration = checking.plan(said["machine"], said["from_version"], said["to_version"], said["states"])
    last, carried = 0, 1
    while carried:
        with work.step() as session:
            session.info["settings"] = _settings()
            done = carrying_over.carry_over(session, lifecycle, migration, after=last)
            last, carried = done.last, done.items
            work.progress(session, processed=carried)
    with work.step() as session:
        left = checking.check(session, lifecycle, migration).total
        work.progress(session, failed=left)
        work.finish(session, "partial_failure" if left else "completed", error=checking.left_behind(left))


def _show(_letter: OutboxMixin) -> None:
    """A notice has arrived where it is stored: people read it in the console and in their event stream."""


@registry.handler("workflow.search_alerts")
def search_alerts(work: Run) -> None:
    """Tells what is new in saved searches, one search a step: a failing one does not hold up the others."""
    now = datetime.now(UTC)
    with work.step() as session:
        due = alerting.due_alerts(session, now=now)
    for saved_id in due:
        with work.step() as session:
            alerting.alert(session, saved_id, understand=FiltersByEntity().load, now=now)
            work.progress(session, processed=1)
    with work.step() as session:
        work.finish(session)


@registry.handler("workflow.search_upkeep")
def search_upkeep(work: Run) -> None:
    """Counts words anew and forgets old searches, daily."""
    with work.step(statement_timeout_seconds=600) as session:
        indexing.count_words(session)
        remembering.forget_searches(session, days=_settings().search_history_days)
        work.finish(session)


def relayed(settings: Settings) -> RelayedService:
    """What the relay does for this service."""
    return relayed_service(
        settings,
        Base,
        queues=QUEUES,
        calls_of=CALLS,
        registry=registry,
        senders={MAIL: MailSender(settings), NOTICE: _show, CACHE: cache_of(settings).send},
        records=RECORDS,
    )
