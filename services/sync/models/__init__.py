"""Tables of the sync service, by noun."""

import services.sync.models.classes  # noqa: F401 - classifies the columns of all
from services.sync.models.records import (
    AuditEvent,
    AuditSeal,
    AuditSpool,
    IdempotencyKey,
    JobEvent,
    Outbox,
    RevokedSession,
    Schedule,
    Webhook,
    WebhookDelivery,
)
from services.sync.models.rows import Base
from services.sync.models.runs import Job
from services.sync.models.tenants import Tenant

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "AuditSpool",
    "Base",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "Outbox",
    "RevokedSession",
    "Schedule",
    "Tenant",
    "Webhook",
    "WebhookDelivery",
]
