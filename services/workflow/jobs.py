"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

from datetime import UTC, datetime
from functools import cache

from services.workflow.config import CALLS, QUEUES, Settings
from services.workflow.models import (
    AuditEvent,
    AuditSeal,
    AuditSpool,
    Base,
    BulkRecord,
    DenialRecord,
    IdempotencyKey,
    Job,
    JobEvent,
    Outbox,
    RevokedSession,
    Schedule,
    TransitionRecord,
    Webhook,
    WebhookDelivery,
)
from services.workflow.operations import jobs
from services.workflow.operations.approvals.deciding import expire
from services.workflow.operations.bulk import background, ending, submitting
from services.workflow.operations.migrating import carrying_over, checking
from services.workflow.operations.outgoing import NOTICE
from services.workflow.operations.search import alerting, indexing, remembering
from services.workflow.operations.search.freshness import cache_of
from services.workflow.operations.tasks.expiring import close_expired
from services.workflow.operations.timers.firing import fire_timers, tell_clocks
from services.workflow.schemas.search import FiltersByEntity
from shared.auditing import ensure_audit_partitions
from shared.auditing.spool import spool_figures
from shared.cache.reading import KIND as CACHE
from shared.events import trim_events
from shared.idempotency import IdempotencyStore
from shared.jobs import performing
from shared.jobs.duties import Duty
from shared.jobs.registry import JobRegistry
from shared.jobs.relay import RelayedService
from shared.jobs.run import Run
from shared.outbox import calls
from shared.outbox.delivering import Courier
from shared.outbox.figures import forget_letters, outbox_figures
from shared.outbox.mail import KIND as MAIL
from shared.outbox.mail import MailSender
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import Sender
from shared.sealing.duties import audit_duties
from shared.sessions import forget_sessions
from shared.siblings import Siblings
from shared.vault import Vault
from shared.webhooks.publishing import KIND as WEBHOOK
from shared.webhooks.sending import WebhookSender, forget_deliveries, guard_of

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
            forgotten = jobs.cleanup(session, days=days)
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
    if settings.relay_url is None:
        raise ValueError("CONCORD_WORKFLOW_RELAY_URL is needed")
    keys = IdempotencyStore(IdempotencyKey, service=settings.service, hours=settings.idempotency_hours)
    relay_url = settings.relay_url.get_secret_value()
    webhooks = WebhookSender(
        Webhook, WebhookDelivery, relay_url=relay_url, vault=Vault(settings.signing_key), guard=guard_of(settings)
    )
    senders: dict[str, Sender] = {
        WEBHOOK: webhooks,
        calls.KIND: calls.CallSender(Siblings(settings, CALLS)),
        MAIL: MailSender(settings),
        NOTICE: _show,
        CACHE: cache_of(settings).send,
    }
    courier = Courier(settings.service, Outbox, senders, relay_url=relay_url, jobs=Job)
    return RelayedService(
        name=settings.service,
        relay_url=relay_url,
        redis_url=settings.redis_url.get_secret_value(),
        jobs=Job,
        queues=QUEUES,
        schedules=Schedule,
        duties=(
            *audit_duties(settings.service, AuditEvent, AuditSeal, records=RECORDS),
            Duty("partitions", 24 * 3600, ensure_audit_partitions),
            Duty("events", 300, lambda session: trim_events(session, JobEvent)),
            Duty("idempotency", 3600, keys.forget_old),
            Duty("letters", 3600, lambda session: forget_letters(session, Outbox)),
            Duty("sessions", 3600, lambda session: forget_sessions(session, RevokedSession)),
            Duty("deliveries", 3600, lambda session: forget_deliveries(session, WebhookDelivery)),
        ),
        collectors=(outbox_figures(settings.service, Outbox), spool_figures(settings.service, AuditSpool)),
        loops=(courier.loop,),
        timeout_seconds=settings.job_timeout_seconds,
        ends_in_worker=registry.ends_in_worker,
    )
