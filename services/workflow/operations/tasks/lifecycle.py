"""The machines of tasks and checkpoints, and what follows when they move."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.sla import hours_between
from services.workflow.models import Checkpoint, Step, Task
from services.workflow.operations import sets
from services.workflow.operations.outgoing import Event, Notice, emit, notify
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move, Wanted, after
from services.workflow.operations.transitions.moving import move
from services.workflow.queries import tasks as queries
from shared.auditing.models import Level
from shared.tenancy import context_of


def _level(one: Move) -> Level:
    """What had to be closed although it was late is more than news."""
    return Level.ERROR if one.to_state == "AUTOCLOSED" and _is_late(one) else Level.INFO


TASK = Lifecycle(machine="task", model=Task, entity="task", area="task", facts=queries.load_facts, level=_level)
CHECKPOINT = Lifecycle(
    machine="checkpoint", model=Checkpoint, entity="checkpoint", area="task", facts=queries.load_checkpoint_facts
)


@after
def tell_overdue(session: Session, moves: Sequence[Move]) -> None:
    late = [one for one in moves if _is_late(one)]
    emit(
        session,
        [Event(type="task.overdue", entity="task", entity_id=one.row.id, data=_lateness(one)) for one in late],
    )


@after
def store_breach(session: Session, moves: Sequence[Move]) -> None:
    """An SLA breach is a step in the life of the task."""
    context = context_of(session)
    steps = [
        {
            "tenant_id": context.tenant_id,
            "correlation_id": context.correlation_id,
            "entity": "task",
            "entity_id": one.row.id,
            "kind": "sla_breach",
            "decision": "breached",
            "data": _lateness(one),
        }
        for one in moves
        if _is_late(one)
    ]
    sets.insert_rows(session, Step, steps)


@after
def mail_closure(session: Session, moves: Sequence[Move]) -> None:
    """To the assignee, else to who made the task."""
    told = [(one, one.row.assigned_to_user or one.row.assigned_to_team or one.row.created_by) for one in moves]
    notify(session, [_closure_notice(one, recipient) for one, recipient in told if recipient])


@after
def close_checkpoints(session: Session, moves: Sequence[Move]) -> None:
    close_open_checkpoints(session, [one.row.id for one in moves if one.row.kind == "tour"], moves[0].ask)


def close_open_checkpoints(session: Session, task_ids: Sequence[int], ask: Ask) -> None:
    """By the server. One that somebody completes at this moment stays completed."""
    wanted = [Wanted(checkpoint_id) for checkpoint_id in queries.open_checkpoints(session, task_ids)]
    if wanted:
        move(session, CHECKPOINT, wanted, "AUTOCLOSED", ask)


def _is_late(one: Move) -> bool:
    """Whether the task ended past its deadline; closing a completed one later does not make it late."""
    return bool(one.facts.is_overdue(one.row.completed_at or one.ask.timestamp))


def _lateness(one: Move) -> dict[str, Any]:
    deadline, end = one.facts.deadline, one.row.completed_at or one.ask.timestamp
    hours = hours_between(deadline, end)
    return {"deadline": deadline.isoformat(), "ended_at": end.isoformat(), "hours_late": str(hours)}


def _closure_notice(one: Move, recipient: str) -> Notice:
    return Notice(
        event="task.closed_by_server",
        recipient=recipient,
        entity="task",
        entity_id=one.row.id,
        version=one.row.version,
        data={"title": one.row.title, "kind": one.row.kind},
    )
