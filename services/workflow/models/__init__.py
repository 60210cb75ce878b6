"""Tables of the workflow service, by noun."""

import services.workflow.models.classes  # noqa: F401 - classifies the columns of all
from services.workflow.models.approvals import Approval
from services.workflow.models.attendance import Attendance, Geofence, Shift
from services.workflow.models.delegations import Delegation
from services.workflow.models.history import BulkRecord, DenialRecord, Step, TransitionRecord
from services.workflow.models.jobs import Job, JobItem
from services.workflow.models.person_keys import Erasure, PersonKey
from services.workflow.models.records import (
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
from services.workflow.models.rows import Base, Kept, Living
from services.workflow.models.search import (
    ReportedItem,
    SavedSearch,
    SearchAlert,
    SearchClick,
    SearchDocument,
    SearchEntry,
    SearchQuery,
    SearchWord,
)
from services.workflow.models.tasks import Checkpoint, Evidence, Task
from services.workflow.models.tenants import Counter, Tenant
from services.workflow.models.tickets import Escalation, Ticket, TicketEntry
from services.workflow.models.timers import Clock, Timer
from services.workflow.models.work_orders import LineItem, Vendor, WorkOrder

__all__ = [
    "Approval",
    "Attendance",
    "AuditEvent",
    "AuditSeal",
    "AuditSpool",
    "Base",
    "BulkRecord",
    "Checkpoint",
    "Clock",
    "Counter",
    "Delegation",
    "DenialRecord",
    "Erasure",
    "Escalation",
    "Evidence",
    "Geofence",
    "IdempotencyKey",
    "Job",
    "JobEvent",
    "JobItem",
    "Kept",
    "LineItem",
    "Living",
    "Outbox",
    "PersonKey",
    "ReportedItem",
    "RevokedSession",
    "SavedSearch",
    "Schedule",
    "SearchAlert",
    "SearchClick",
    "SearchDocument",
    "SearchEntry",
    "SearchQuery",
    "SearchWord",
    "Shift",
    "Step",
    "Task",
    "Tenant",
    "Ticket",
    "TicketEntry",
    "Timer",
    "TransitionRecord",
    "Vendor",
    "Webhook",
    "WebhookDelivery",
    "WorkOrder",
]
