"""This service's tables of the shared mechanisms."""

from services.sync.models.rows import Base
from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.auditing.spool import AuditSpoolMixin
from shared.idempotency import IdempotencyKeyMixin
from shared.jobs.models import JobEventMixin
from shared.outbox.models import OutboxMixin
from shared.schedules import ScheduleMixin
from shared.sessions import RevokedSessionMixin
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin


class AuditSpool(AuditSpoolMixin, Base):
    __tablename__ = "audit_spool"


class AuditEvent(AuditEventMixin, Base):
    __tablename__ = "audit_events"
    spool = AuditSpool


class AuditSeal(AuditSealMixin, Base):
    __tablename__ = "audit_seals"


class JobEvent(JobEventMixin, Base):
    __tablename__ = "job_events"


class IdempotencyKey(IdempotencyKeyMixin, Base):
    __tablename__ = "idempotency_keys"


class Schedule(ScheduleMixin, Base):
    __tablename__ = "schedules"


class Outbox(OutboxMixin, Base):
    __tablename__ = "outbox"


class Webhook(WebhookMixin, Base):
    __tablename__ = "webhooks"


class RevokedSession(RevokedSessionMixin, Base):
    __tablename__ = "revoked_sessions"


class WebhookDelivery(WebhookDeliveryMixin, Base):
    __tablename__ = "webhook_deliveries"
