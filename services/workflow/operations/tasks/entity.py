"""Tasks as an entity: what may be edited, and what a new one gets from its tenant."""

from typing import Any

from sqlalchemy.orm import Session

from services.workflow.models import WorkOrder
from services.workflow.operations.entities import Entity, Shortcut, Values
from services.workflow.operations.entry import own_tenant
from services.workflow.operations.tasks.lifecycle import TASK


def prepare(session: Session, row: Any, values: Values) -> Values:
    """Who says nothing about the expiry lets a task expire when it is due; null means never."""
    if row is None:
        values.setdefault("expires_at", values.get("due_at"))
        values.setdefault("sla_hours", own_tenant(session).default_sla_hours)
    return values


TASKS = Entity(
    lifecycle=TASK,
    path="tasks",
    shortcuts={"start": Shortcut("INPROGRESS"), "complete": Shortcut("COMPLETED")},
    editable=frozenset({"title", "description", "priority", "due_at", "location_id", "asset_id"}),
    editable_by_all=frozenset(
        {"sla_hours", "expires_at", "requires_observations", "requires_meter_readings", "requires_attachments"}
    ),
    references={"work_order_id": WorkOrder},
    prepare=prepare,
)
