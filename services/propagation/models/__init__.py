"""Tables of the propagation service, by noun."""

import services.propagation.models.classes  # noqa: F401 - classifies the columns of all
from services.propagation.models.imports import ImportRow
from services.propagation.models.names import CheckedName
from services.propagation.models.records import (
    AuditEvent,
    AuditSeal,
    IdempotencyKey,
    JobEvent,
    Outbox,
    RevokedSession,
    Schedule,
)
from services.propagation.models.rows import Base
from services.propagation.models.runs import Job, RunChange, RunError, UserSettings
from services.propagation.models.strings import Detail, String, StringVersion
from services.propagation.models.structure import (
    Constraint,
    Dimension,
    DimensionValue,
    Field,
    Member,
    Platform,
    Rule,
    RuleDetail,
    Submission,
    Workspace,
)

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "Base",
    "CheckedName",
    "Constraint",
    "Detail",
    "Dimension",
    "DimensionValue",
    "Field",
    "IdempotencyKey",
    "ImportRow",
    "Job",
    "JobEvent",
    "Member",
    "Outbox",
    "Platform",
    "RevokedSession",
    "Rule",
    "RuleDetail",
    "RunChange",
    "RunError",
    "Schedule",
    "String",
    "StringVersion",
    "Submission",
    "UserSettings",
    "Workspace",
]
