"""Closing what nobody finished in time; any number of workers may do it side by side."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.tasks import EXPIRING, target_of_expiry
from services.workflow.errors import NotExpired
from services.workflow.models import Task
from services.workflow.operations.entities import is_ended
from services.workflow.operations.tasks.entity import TASKS
from services.workflow.operations.tasks.lifecycle import TASK, close_open_checkpoints
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import Outcome, move
from services.workflow.queries import tasks as queries
from shared.locking import lock_rows
from shared.tenancy import context_of

BATCH = 200


def close_expired(session: Session, *, at_most: int = BATCH) -> int:
    """Handles expired tasks that nobody else is holding; returns how many, call again while there are any."""
    ask = Ask(as_system=True, reason="scheduled")
    tasks = lock_rows(session, queries.expired(session, ask.timestamp).limit(at_most), skip_locked=True)
    if tasks:
        _expire(session, tasks, ask)
    return len(tasks)


def autoclose(session: Session, task: Task) -> Outcome:
    """Closes one locked task by hand, for the caller. Raises NotExpired where it is not past its time."""
    ask = Ask(as_system=True, on_behalf_of=context_of(session).actor, reason="timeout")
    facts = queries.load_facts(session, [task], ask)[task.id]
    if not is_ended(TASKS, task) and not (task.state in EXPIRING and facts.has_expired(ask.timestamp)):
        raise NotExpired("The task has not expired, so that it cannot be closed for it.", state=task.state)
    (outcome,) = _expire(session, [task], ask)
    return outcome


def _expire(session: Session, tasks: Sequence[Task], ask: Ask) -> list[Outcome]:
    """First the open checkpoints, then the tasks, by what their checkpoints turned out to be."""
    close_open_checkpoints(session, [task.id for task in tasks if task.kind == "tour"], ask)
    facts = queries.load_facts(session, tasks, ask)
    going: dict[str, list[Wanted]] = {}
    for task in tasks:
        target = "AUTOCLOSED" if is_ended(TASKS, task) else target_of_expiry(facts[task.id])
        going.setdefault(target, []).append(Wanted(task.id))
    return [outcome for target, wanted in going.items() for outcome in move(session, TASK, wanted, target, ask)]
