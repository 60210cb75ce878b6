"""Tables of the sync service, by noun."""

import services.sync.models.classes  # noqa: F401 - classifies the columns of all
from services.sync.models.aside import QuarantineEntry, RowHistory, SyncConflict
from services.sync.models.catalogue import CATALOGUE, CatalogueRow
from services.sync.models.pipelines import Pipeline, PipelineState, PipelineVersion
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
from services.sync.models.runs import Job, PipelineRun, RunDifference, RunPartition, RunRow, SeenRows
from services.sync.models.tenants import Tenant

__all__ = [
    "CATALOGUE",
    "AuditEvent",
    "AuditSeal",
    "AuditSpool",
    "Base",
    "CatalogueRow",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "Outbox",
    "Pipeline",
    "PipelineRun",
    "PipelineState",
    "PipelineVersion",
    "QuarantineEntry",
    "RevokedSession",
    "RowHistory",
    "RunDifference",
    "RunPartition",
    "RunRow",
    "Schedule",
    "SeenRows",
    "SyncConflict",
    "Tenant",
    "Webhook",
    "WebhookDelivery",
]
