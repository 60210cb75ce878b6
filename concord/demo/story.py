"""The story in which the four services meet, under one correlation id: docs/explanation/the-story.md tells it.

Each step looks first whether it has been taken, so a story that was interrupted goes on, and one that is over is only
told again.
"""

import uuid
from collections.abc import Callable
from typing import NamedTuple

from rich.table import Table

from concord.demo import deciding, loading, renaming, scanning, stores
from concord.demo.calling import GRACE, Caller, DemoFailed, Note
from concord.demo.telling import SYNC, Stage, Told
from concord.stack.plan import Plan


class Step(NamedTuple):
    name: str
    needs: set[str]
    take: Callable[[Stage], Told]


STEPS = (
    Step("rows come in", {"sync", "validation"}, loading.take),
    Step("conflict", {"sync", "validation", "workflow"}, deciding.take),
    Step("renamed value", {"sync", "propagation", "workflow"}, renaming.take),
    Step("nightly scan", {"validation", "workflow"}, scanning.take),
    Step("store", {"sync"}, stores.take),
)


def is_possible(plan: Plan) -> bool:
    """The old system and the company lie beside the packages, so only a checkout has them."""
    return plan.old_system is not None and any(service.name == "sync" for service in plan.services)


def run(plan: Plan, note: Note) -> Table:
    """A line for each step that could be taken; one that fails is noted, those that do not need it go on."""
    story = _begun(plan) or uuid.uuid4()
    table = Table("step", "what happened", "page", title="the story", title_justify="left", box=None, pad_edge=False)
    table.caption, table.caption_justify = f"all of it, from the four audit logs: concord trace {story}", "left"
    with Caller.of(plan, story=story) as admin, Caller.of(plan, GRACE) as grace:
        stage = Stage(plan, admin, grace, note)
        for step in STEPS:
            if step.needs <= stage.services:
                try:
                    table.add_row(step.name, *step.take(stage))
                except DemoFailed as failure:
                    note(f"demo: {step.name}: {failure}")
    return table


def _begun(plan: Plan) -> uuid.UUID | None:
    """The correlation id of a story that an earlier start has begun: that of its first run."""
    with Caller.of(plan) as caller:
        first = caller.newest(f"{SYNC}/runs", pipeline=loading.FIRST, ordering="started_at")
    return uuid.UUID(first["correlation_id"]) if first else None
