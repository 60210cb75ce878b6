"""What is known about tasks and checkpoints before they move, and which tasks are past their time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.shipped import machines
from services.workflow.domain.tasks import EVIDENCE, EXPIRING, CheckpointFacts, TaskFacts
from services.workflow.models import Checkpoint, Evidence, Task
from shared.tenancy import tenant_of


def load_facts(session: Session, tasks: Sequence[Task], _ask: Ask) -> Mapping[int, TaskFacts]:
    """Facts by id; two statements, whatever the number of tasks."""
    required = {task.id: tuple(kind for kind, flag in EVIDENCE.items() if getattr(task, flag)) for task in tasks}
    given = _evidence(session, [task_id for task_id, kinds in required.items() if kinds])
    counts = _checkpoints(session, [task.id for task in tasks if task.kind == "tour"])
    return {
        task.id: TaskFacts(
            id=task.id,
            kind=task.kind,
            created_at=task.created_at,
            due_at=task.due_at,
            sla_hours=task.sla_hours,
            expires_at=task.expires_at,
            assigned_to_user=task.assigned_to_user,
            assigned_to_team=task.assigned_to_team,
            started_at=task.started_at,
            completed_at=task.completed_at,
            required=required[task.id],
            given=given.get(task.id, frozenset()),
            open_checkpoints=counts.get((task.id, "ASSIGNED"), 0),
            done_checkpoints=counts.get((task.id, "COMPLETED"), 0),
        )
        for task in tasks
    }


def load_checkpoint_facts(
    session: Session, checkpoints: Sequence[Checkpoint], _ask: Ask
) -> Mapping[int, CheckpointFacts]:
    """Facts by id, with one statement."""
    tours = Task.tenant_id == tenant_of(session), Task.id.in_({checkpoint.task_id for checkpoint in checkpoints})
    ended = set(session.scalars(select(Task.id).where(*tours, Task.state.in_(machines()["task"].terminal))))
    return {
        checkpoint.id: CheckpointFacts(id=checkpoint.id, task_has_ended=checkpoint.task_id in ended)
        for checkpoint in checkpoints
    }


def open_checkpoints(session: Session, task_ids: Sequence[int]) -> Sequence[int]:
    of_tasks = Checkpoint.tenant_id == tenant_of(session), Checkpoint.task_id.in_(task_ids)
    return session.scalars(select(Checkpoint.id).where(*of_tasks, Checkpoint.state == "ASSIGNED")).all()


def expired(session: Session, now: datetime) -> Select[Task]:
    """Tasks past their time that are still to be handled."""
    mine = Task.tenant_id == tenant_of(session), Task.expires_at <= now, Task.state.in_(EXPIRING)
    return select(Task).where(*mine, not_(_is_handled()))


def _is_handled() -> ColumnElement[bool]:
    """A tour that is partly done stays so; only checkpoints that were added later are still to be closed."""
    of_task = Checkpoint.tenant_id == Task.tenant_id, Checkpoint.task_id == Task.id
    begun = exists().where(*of_task, Checkpoint.state == "COMPLETED")
    is_open = exists().where(*of_task, Checkpoint.state == "ASSIGNED")
    return and_(Task.state == "PARTIALLYCOMPLETED", Task.kind == "tour", begun, not_(is_open))


def _evidence(session: Session, task_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Kinds of evidence by task."""
    kinds = func.array_agg(Evidence.kind.distinct())
    of_tasks = Evidence.tenant_id == tenant_of(session), Evidence.task_id.in_(task_ids)
    found = select(Evidence.task_id, kinds).where(*of_tasks).group_by(Evidence.task_id)
    return {task_id: frozenset(names) for task_id, names in session.execute(found)}


def _checkpoints(session: Session, task_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Number of checkpoints by task and state."""
    of_tasks = Checkpoint.tenant_id == tenant_of(session), Checkpoint.task_id.in_(task_ids)
    found = select(Checkpoint.task_id, Checkpoint.state, func.count()).where(*of_tasks)
    counted = session.execute(found.group_by(Checkpoint.task_id, Checkpoint.state))
    return {(task_id, state): number for task_id, state, number in counted}
