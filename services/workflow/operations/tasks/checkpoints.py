"""Checkpoints of a tour: rows below a task that have a lifecycle of their own."""

from typing import Any

from services.workflow.errors import NotATour, TerminalState
from services.workflow.models import Checkpoint
from services.workflow.operations.entities import Values
from services.workflow.operations.parts import Part
from services.workflow.operations.tasks.entity import TASKS
from services.workflow.operations.tasks.lifecycle import CHECKPOINT


def _check(task: Any, checkpoint: Any) -> Values:
    """Raises NotATour, and TerminalState for a checkpoint that has come to its end."""
    machine = CHECKPOINT.newest
    if task.kind != "tour":
        raise NotATour("Only a tour has checkpoints.", kind=task.kind)
    if checkpoint is not None and checkpoint.state in machine.terminal:
        raise TerminalState(f"The checkpoint is {checkpoint.state}; it changes no more.", state=checkpoint.state)
    return {"state": machine.initial, "machine_version": machine.version}


CHECKPOINTS = Part(entity=TASKS, model=Checkpoint, parent="task_id", at_most=500, check=_check)
