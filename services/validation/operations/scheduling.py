"""Doing now what a schedule has for later."""

from sqlalchemy.orm import Session

from services.validation.models import AuditEvent, Job, Schedule
from shared.auditing.writing import record
from shared.jobs.operations import submit


def run_now(session: Session, schedule: Schedule) -> Job:
    """The same job that the relay would start, under the name and the correlation id of who asks."""
    record(session, AuditEvent, action="schedule.run_asked", entity_type="schedule", entity_id=schedule.id)
    return submit(session, Job, kind=schedule.kind, queue=schedule.queue, payload=schedule.payload)
