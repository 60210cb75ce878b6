"""This service's tables of the shared mechanisms."""

from services.workflow.models.rows import Base
from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.events import JobEventMixin
from shared.idempotency import IdempotencyKeyMixin
from shared.jobs.models import JobMixin
from shared.outbox.models import OutboxMixin
from shared.schedules import ScheduleMixin
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin


class AuditEvent(AuditEventMixin, Base):
    __tablename__ = "audit_events"


class AuditSeal(AuditSealMixin, Base):
    __tablename__ = "audit_seals"


class JobEvent(JobEventMixin, Base):
    __tablename__ = "job_events"


class IdempotencyKey(IdempotencyKeyMixin, Base):
    __tablename__ = "idempotency_keys"


class Schedule(ScheduleMixin, Base):
    __tablename__ = "schedules"


class Job(JobMixin, Base):
    """Background work; counters are items."""

    __tablename__ = "workflow_jobs"
    event_model = JobEvent


class Outbox(OutboxMixin, Base):
    __tablename__ = "outbox"


class Webhook(WebhookMixin, Base, first_version=0):
    __tablename__ = "webhooks"


class WebhookDelivery(WebhookDeliveryMixin, Base):
    __tablename__ = "webhook_deliveries"
