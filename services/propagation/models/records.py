"""This service's tables of the shared mechanisms."""

from services.propagation.models.rows import Base
from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.idempotency import IdempotencyKeyMixin
from shared.jobs.models import JobEventMixin
from shared.outbox.models import OutboxMixin
from shared.schedules import ScheduleMixin
from shared.sessions import RevokedSessionMixin


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


class Outbox(OutboxMixin, Base):
    __tablename__ = "outbox"


class RevokedSession(RevokedSessionMixin, Base):
    __tablename__ = "revoked_sessions"
