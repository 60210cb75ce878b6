"""What the relay does for every service alike; a service adds what is its own."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.auditing.partitions import ensure_audit_partitions
from shared.auditing.spool import spool_figures
from shared.config import Settings
from shared.idempotency import IdempotencyKeyMixin, IdempotencyStore
from shared.jobs.duties import Duty
from shared.jobs.events import trim_events
from shared.jobs.models import JobEventMixin, JobMixin
from shared.jobs.registry import JobRegistry
from shared.jobs.relay import RelayedService
from shared.jobs.scraping import Read
from shared.outbox import calls
from shared.outbox.delivering import Courier
from shared.outbox.figures import forget_letters, outbox_figures
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import Sender
from shared.schedules import ScheduleMixin
from shared.sealing.duties import audit_duties
from shared.sessions import RevokedSessionMixin, forget_sessions
from shared.siblings import Siblings
from shared.vault import Vault
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin
from shared.webhooks.publishing import KIND as WEBHOOK
from shared.webhooks.sending import WebhookSender, forget_deliveries, guard_of

Mixin = TypeVar("Mixin")
Base = type[DeclarativeBase]


def relayed_service(
    settings: Settings,
    base: Base,
    *,
    queues: Sequence[str],
    calls_of: Mapping[str, Sequence[str]],
    registry: JobRegistry,
    senders: Mapping[str, Sender] | None = None,
    collectors: Sequence[Read] = (),
    records: Sequence[Table] = (),
) -> RelayedService:
    """Jobs, schedules, the audit log, calls and webhooks of the service whose tables stand below `base`.

    `calls_of` is whom it calls with which permissions, `senders` send its further kinds of letters, `records` are its
    tables that name their audit row. Raises ValueError without the relay's own address of the database.
    """
    if settings.relay_url is None:
        raise ValueError(f"CONCORD_{settings.service.upper()}_RELAY_URL is needed")
    relay_url = settings.relay_url.get_secret_value()
    jobs, outbox, events = the(base, JobMixin), the(base, OutboxMixin), the(base, AuditEventMixin)
    sending = {calls.KIND: calls.CallSender(Siblings(settings, calls_of))} | _webhooks(settings, base, relay_url)
    courier = Courier(settings.service, outbox, sending | dict(senders or {}), relay_url=relay_url, jobs=jobs)
    spool = (spool_figures(settings.service, events.spool),) if events.spool else ()
    return RelayedService(
        name=settings.service,
        relay_url=relay_url,
        redis_url=settings.redis_url.get_secret_value(),
        jobs=jobs,
        queues=queues,
        schedules=the(base, ScheduleMixin),
        duties=(
            *audit_duties(
                settings.service,
                events,
                the(base, AuditSealMixin),
                records=records,
                archive_days=settings.audit_archive_days,
            ),
            *_duties(settings, base),
        ),
        collectors=(*collectors, outbox_figures(settings.service, outbox), *spool),
        loops=(courier.loop,),
        timeout_seconds=settings.job_timeout_seconds,
        ends_in_worker=registry.ends_in_worker,
    )


def the(base: Base, mixin: type[Mixin]) -> type[Mixin]:
    """The service's own table of a shared mechanism. Raises LookupError if it has none or several."""
    (found,) = _all(base, mixin) or _none(mixin)
    return found


def _all(base: Base, mixin: type[Mixin]) -> list[type[Mixin]]:
    return [mapper.class_ for mapper in base.registry.mappers if issubclass(mapper.class_, mixin)]


def _none(mixin: type[Any]) -> Collection[Any]:
    raise LookupError(f"this service has no table of {mixin.__name__}")


def _webhooks(settings: Settings, base: Base, relay_url: str) -> dict[str, Sender]:
    if not _all(base, WebhookMixin):
        return {}
    vault, guard = Vault(settings.signing_key), guard_of(settings)
    deliveries = the(base, WebhookDeliveryMixin)
    return {WEBHOOK: WebhookSender(the(base, WebhookMixin), deliveries, relay_url=relay_url, vault=vault, guard=guard)}


def _duties(settings: Settings, base: Base) -> Iterator[Duty]:
    keys = IdempotencyStore(the(base, IdempotencyKeyMixin), service=settings.service, hours=settings.idempotency_hours)
    events, outbox, sessions = the(base, JobEventMixin), the(base, OutboxMixin), the(base, RevokedSessionMixin)
    yield Duty("partitions", 24 * 3600, ensure_audit_partitions)
    yield Duty("events", 300, lambda session: trim_events(session, events))
    yield Duty("idempotency", 3600, keys.forget_old)
    yield Duty("letters", 3600, lambda session: forget_letters(session, outbox))
    yield Duty("sessions", 3600, lambda session: forget_sessions(session, sessions))
    if _all(base, WebhookDeliveryMixin):
        deliveries = the(base, WebhookDeliveryMixin)
        yield Duty("deliveries", 3600, lambda session: forget_deliveries(session, deliveries))
