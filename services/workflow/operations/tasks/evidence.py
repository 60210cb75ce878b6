"""Evidence that the work was done: added, never changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.models import Evidence, Task
from services.workflow.operations import items
from services.workflow.operations.tasks.entity import TASKS
from shared import editing
from shared.tenancy import context_of


def add(session: Session, task: Task, values: Mapping[str, Any]) -> Evidence:
    """Adds to a locked task; its version stays. Raises TerminalState."""
    items.demand_not_ended(TASKS, task)
    return editing.create(
        session, Evidence, dict(values) | {"task_id": task.id, "recorded_by": context_of(session).actor}
    )
