"""This service's tables of the shared mechanisms."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.models.person_keys import Read, reader
from services.workflow.models.rows import Base
from services.workflow.models.tenants import Tenant
from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.auditing.spool import AuditSpoolMixin
from shared.idempotency import IdempotencyKeyMixin
from shared.jobs.models import JobEventMixin
from shared.outbox.models import OutboxMixin
from shared.schedules import ScheduleMixin
from shared.sessions import RevokedSessionMixin
from shared.tenancy import tenant_of
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin


class AuditSpool(AuditSpoolMixin, Base):
    __tablename__ = "audit_spool"


class AuditEvent(AuditEventMixin, Base):
    """What the tenant keeps longer than others, it keeps by type of event."""

    __tablename__ = "audit_events"
    spool = AuditSpool

    @classmethod
    def are_automatic(cls, session: Session) -> bool:
        settings: Settings = session.info["settings"]
        return settings.enable_audit_signals

    @classmethod
    def reader(cls, session: Session, messages: Sequence[str | None]) -> Read:
        return reader(session, messages)

    @classmethod
    def days_kept(cls, session: Session) -> Mapping[str, int]:
        tenant = session.get(Tenant, tenant_of(session))
        session.info["tenant"] = tenant  # held, or the session would forget it and read it again
        return tenant.retention_days if tenant else {}


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


class Webhook(WebhookMixin, Base, first_version=0):
    __tablename__ = "webhooks"


class RevokedSession(RevokedSessionMixin, Base):
    __tablename__ = "revoked_sessions"


class WebhookDelivery(WebhookDeliveryMixin, Base):
    __tablename__ = "webhook_deliveries"
