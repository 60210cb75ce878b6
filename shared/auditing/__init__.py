"""The audit log: one insert-only table per service with the same columns everywhere.

A service declares `class AuditEvent(AuditEventMixin, Base)` and `class AuditSeal(AuditSealMixin, Base)`, makes the
tables with `schema.create_audit_tables` in its migrations, and writes rows with `record`, `record_many` or
`record_rows`.
"""

from shared.auditing.classification import (
    INTERNAL,
    PERSONAL,
    PUBLIC,
    SECRET,
    Classes,
    Classification,
    classes_of,
    classify,
    classify_models,
    diff,
    unclassified_columns,
)
from shared.auditing.expressions import changes_of
from shared.auditing.models import RETENTION_DAYS, AuditEventMixin, AuditSealMixin, EventType, Level
from shared.auditing.writing import Entry, Recorded, record, record_many, record_rows

__all__ = [
    "INTERNAL",
    "PERSONAL",
    "PUBLIC",
    "RETENTION_DAYS",
    "SECRET",
    "AuditEventMixin",
    "AuditSealMixin",
    "Classes",
    "Classification",
    "Entry",
    "EventType",
    "Level",
    "Recorded",
    "changes_of",
    "classes_of",
    "classify",
    "classify_models",
    "diff",
    "record",
    "record_many",
    "record_rows",
    "unclassified_columns",
]
