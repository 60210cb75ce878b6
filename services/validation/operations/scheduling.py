"""Schedules: changed by people, and done now instead of later."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.validation.models import AuditEvent, Job, Schedule
from shared import editing
from shared.auditing.writing import record
from shared.jobs.operations import submit
from shared.schedules import first_tick


def change(session: Session, schedule: Schedule, values: Mapping[str, Any]) -> None:
    """Another time, or none for a while; what was missed meanwhile is not made up for. Raises Invalid."""
    before = {name: getattr(schedule, name) for name in ("cron", "time_zone", "active")}
    after = {**before, **values}
    due = first_tick(after["cron"], after["time_zone"])
    editing.change(session, schedule, values if after == before else {**values, "next_run_at": due})


def run_now(session: Session, schedule: Schedule) -> Job:
    """The same job that the relay would start, under the name and the correlation id of who asks."""
    record(session, AuditEvent, action="schedule.run_asked", entity_type="schedule", entity_id=schedule.id)
    return submit(session, Job, kind=schedule.kind, queue=schedule.queue, payload=schedule.payload)
