"""This service's tables of the shared mechanisms."""

from services.workflow.models.rows import Base
from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.events import JobEventMixin
from shared.idempotency import IdempotencyKeyMixin
from shared.jobs.models import JobMixin
from shared.schedules import ScheduleMixin


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
