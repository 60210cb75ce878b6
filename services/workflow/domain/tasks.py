"""What must be true of a task or a checkpoint before it moves, what is stamped when it does, and what expiry means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.workflow.domain import sla
from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.registry import guard, stamp

# The others have come to their end already, or are being repaired.
EXPIRING = ("ASSIGNED", "INPROGRESS", "WORKING", "STANDBY", "PARTIALLYCOMPLETED")
EVIDENCE = {
    "observation": "requires_observations",
    "meter_reading": "requires_meter_readings",
    "attachment": "requires_attachments",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """`required` and `given` are kinds of evidence; checkpoints are counted."""

    id: int
    kind: str
    created_at: datetime
    due_at: datetime | None = None
    sla_hours: int = 24
    expires_at: datetime | None = None
    assigned_to_user: str | None = None
    assigned_to_team: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    required: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    open_checkpoints: int = 0
    done_checkpoints: int = 0

    def is_overdue(self, now: datetime) -> bool:
        return now > self.deadline

    @property
    def deadline(self) -> datetime:
        return sla.deadline(due_at=self.due_at, created_at=self.created_at, sla_hours=self.sla_hours)

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointFacts:
    id: int
    task_has_ended: bool = False


def target_of_expiry(task: TaskFacts) -> str:
    """Where an expired task goes: a tour that was begun is partly done, anything else is closed."""
    return "PARTIALLYCOMPLETED" if task.kind == "tour" and task.done_checkpoints else "AUTOCLOSED"


@guard
def assignee_named(task: TaskFacts, _ask: Ask) -> Finding | None:
    if task.assigned_to_user or task.assigned_to_team:
        return None
    detail = "The task has no assignee; give it to a person or a team before it starts."
    return Finding("assignee_missing", detail, "/assigned_to_user")


@guard
def evidence_given(task: TaskFacts, _ask: Ask) -> Finding | None:
    missing = [kind for kind in task.required if kind not in task.given]
    if not missing:
        return None
    kinds = ", ".join(kind.replace("_", " ") for kind in missing)
    return Finding("evidence_missing", f"Evidence is missing: {kinds}.", members={"missing": missing})


@guard
def task_expired(task: TaskFacts, ask: Ask) -> Finding | None:
    if task.has_expired(ask.timestamp):
        return None
    return Finding("not_expired", "The task has not expired.")


@guard
def tour_begun(task: TaskFacts, _ask: Ask) -> Finding | None:
    if task.kind == "tour" and task.done_checkpoints:
        return None
    return Finding("tour_not_begun", "Only a tour with a completed checkpoint expires partly done.")


@guard
def sla_kept(task: TaskFacts, ask: Ask) -> Finding | None:
    """A warning."""
    if not task.is_overdue(ask.timestamp):
        return None
    return Finding("sla_overdue", f"The SLA is broken: the task was due at {task.deadline.isoformat()}.")


@guard
def checkpoints_done(task: TaskFacts, _ask: Ask) -> Finding | None:
    """A warning."""
    number = task.open_checkpoints
    if task.kind != "tour" or not number:
        return None
    return Finding("checkpoints_open", f"{number} {'checkpoint is' if number == 1 else 'checkpoints are'} still open.")


@guard
def task_not_ended(checkpoint: CheckpointFacts, _ask: Ask) -> Finding | None:
    if not checkpoint.task_has_ended:
        return None
    return Finding("terminal_state", "The tour has come to its end; its checkpoints change no more.")


@stamp
def stamp_started(task: TaskFacts, ask: Ask) -> Mapping[str, Any]:
    return {} if task.started_at else {"started_at": ask.timestamp}


@stamp
def stamp_task_ended(task: TaskFacts, ask: Ask) -> Mapping[str, Any]:
    """Closing a completed task leaves the time at which the work was done."""
    end = task.completed_at or ask.timestamp
    return {"completed_at": end, "hours_spent": sla.hours_between(task.started_at or task.created_at, end)}


@stamp
def clear_task_ended(_task: TaskFacts, _ask: Ask) -> Mapping[str, Any]:
    return {"completed_at": None, "hours_spent": None}


@stamp
def stamp_closed_by_server(_task: TaskFacts, _ask: Ask) -> Mapping[str, Any]:
    """The mail about it is queued by the same transition."""
    return {"closed_by_server": True, "closure_mail_sent": True}


@stamp
def stamp_checkpoint_completed(_checkpoint: CheckpointFacts, ask: Ask) -> Mapping[str, Any]:
    return {"completed_at": ask.timestamp, "completed_by": ask.on_behalf_of or ask.actor}


@stamp
def stamp_checkpoint_closed(_checkpoint: CheckpointFacts, _ask: Ask) -> Mapping[str, Any]:
    return {"closed_by_server": True}
