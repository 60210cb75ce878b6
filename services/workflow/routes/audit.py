"""The records of this service, as the audit log shows them beside their rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
from sqlalchemy.orm import Session

from services.workflow.models import BulkRecord, DenialRecord, TransitionRecord
from services.workflow.models.history import Recorded
from services.workflow.queries.history import records_beside
from services.workflow.schemas.audit import BulkRecordSchema, DenialRecordSchema
from services.workflow.schemas.transitions import AttemptSchema
from shared.auditing.models import EventType

# A denied transition has two records: its row is shown with the denial, the other stands among the attempts.
KEPT: Mapping[EventType, tuple[type[Recorded], ma.Schema]] = {
    EventType.STATE_CHANGED: (TransitionRecord, AttemptSchema()),
    EventType.BULK_OPERATION: (BulkRecord, BulkRecordSchema()),
    EventType.PERMISSION_DENIED: (DenialRecord, DenialRecordSchema()),
}


def records_of(session: Session, events: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
    """By audit id; a statement for each kind of record."""
    found: dict[int, Mapping[str, Any]] = {}
    for event_type, (model, schema) in KEPT.items():
        ids = [event.id for event in events if event.event_type == event_type]
        found |= {record.audit_id: schema.dump(record) for record in records_beside(session, model, ids)}
    return found
