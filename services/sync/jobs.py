"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

from functools import cache

from services.sync.config import CALLS, QUEUES, Settings
from services.sync.models import (
    AuditEvent,
    AuditSeal,
    AuditSpool,
    IdempotencyKey,
    Job,
    JobEvent,
    Outbox,
    RevokedSession,
    Schedule,
    Webhook,
    WebhookDelivery,
)
from services.sync.operations import jobs
from shared.auditing import ensure_audit_partitions
from shared.auditing.spool import spool_figures
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
from shared.outbox.senders import Sender
from shared.sealing.duties import audit_duties
from shared.sessions import forget_sessions
from shared.siblings import Siblings
from shared.vault import Vault
from shared.webhooks.publishing import KIND as WEBHOOK
from shared.webhooks.sending import WebhookSender, forget_deliveries, guard_of

registry = JobRegistry("sync", Job)


@cache
def _settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has the required ones


def perform(tenant_id: str, job_id: str) -> None:
    """RQ's door."""
    performing.perform(registry, _settings(), tenant_id, job_id)


@registry.handler("sync.cleanup")
def cleanup(work: Run) -> None:
    """Forgets old jobs, daily; the history of runs stays."""
    days = int(work.payload.get("days", _settings().job_retention_days))
    while True:
        with work.step() as session:
            forgotten = jobs.cleanup(session, days=days)
            work.progress(session, processed=forgotten)
            if forgotten < 1000:
                work.finish(session)
                return


def relayed(settings: Settings) -> RelayedService:
    """What the relay does for this service."""
    if settings.relay_url is None:
        raise ValueError("CONCORD_SYNC_RELAY_URL is needed")
    keys = IdempotencyStore(IdempotencyKey, service=settings.service, hours=settings.idempotency_hours)
    relay_url = settings.relay_url.get_secret_value()
    webhooks = WebhookSender(
        Webhook, WebhookDelivery, relay_url=relay_url, vault=Vault(settings.signing_key), guard=guard_of(settings)
    )
    senders: dict[str, Sender] = {WEBHOOK: webhooks, calls.KIND: calls.CallSender(Siblings(settings, CALLS))}
    courier = Courier(settings.service, Outbox, senders, relay_url=relay_url, jobs=Job)
    return RelayedService(
        name=settings.service,
        relay_url=relay_url,
        redis_url=settings.redis_url.get_secret_value(),
        jobs=Job,
        queues=QUEUES,
        schedules=Schedule,
        duties=(
            *audit_duties(settings.service, AuditEvent, AuditSeal),
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
