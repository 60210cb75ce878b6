"""The records of this service, as the audit log shows them beside their rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
from sqlalchemy.orm import Session

from services.workflow.models import BulkRecord, DenialRecord, TransitionRecord
from services.workflow.models.history import Recorded
from services.workflow.models.person_keys import reader
from services.workflow.queries.history import records_beside
from services.workflow.schemas.audit import BulkRecordSchema, DenialRecordSchema
from services.workflow.schemas.transitions import AttemptSchema
from shared.auditing.models import EventType

# A denied transition has two records: its row is shown with the denial, the other stands among the attempts.
KEPT: Mapping[EventType, tuple[type[Recorded], ma.Schema]] = {
    EventType.STATE_CHANGED: (TransitionRecord, AttemptSchema(exclude=["comments"])),
    EventType.BULK_OPERATION: (BulkRecord, BulkRecordSchema()),
    EventType.PERMISSION_DENIED: (DenialRecord, DenialRecordSchema()),
}


def records_of(session: Session, events: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
    """By audit id; a statement for each kind of record."""
    found: dict[int, Mapping[str, Any]] = {}
    for event_type, (model, schema) in KEPT.items():
        ids = [event.id for event in events if event.event_type == event_type]
        records = records_beside(session, model, ids)
        said = {int(one.audit_id or 0): one.comments for one in records if isinstance(one, TransitionRecord)}
        read = reader(session, list(said.values()))
        found |= {record.audit_id: schema.dump(record) for record in records}
        found |= {audit_id: {**found[audit_id], "comments": read(text)} for audit_id, text in said.items()}
    return found
