"""The story in which the four services meet, under one correlation id: docs/explanation/the-story.md tells it.

Each step looks first whether it has been taken, so a story that was interrupted goes on, and one that is over is only
told again.
"""

import uuid
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from concord.demo import deciding, loading, renaming, scanning, stores
from concord.demo.calling import GRACE, Caller, DemoFailed, Note
from concord.demo.ground import Ground
from concord.demo.telling import SYNC, Part, Stage, Told

TITLE = "the story"


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


def is_possible(ground: Ground) -> bool:
    """The company lies beside the packages, so only a checkout has it."""
    return ground.old_system is not None and "sync" in ground.services and find_spec("examples") is not None


def run(ground: Ground, note: Note) -> Part:
    """A line for each step that could be taken; one that fails is noted, those that do not need it go on."""
    told = Part(TITLE, ("step", "what happened", "page"), story=_begun(ground) or uuid.uuid4())
    with Caller.of(ground, story=told.story) as admin, Caller.of(ground, GRACE) as grace:
        stage = Stage(ground, admin, grace, note)
        for step in STEPS:
            if step.needs <= ground.services:
                try:
                    told.rows.append((step.name, *step.take(stage)))
                except DemoFailed as failure:
                    note(f"demo: {step.name}: {failure}")
                    told.failures.append(f"{step.name}: {failure}")
    return told


def _begun(ground: Ground) -> uuid.UUID | None:
    """The correlation id of a story that an earlier start has begun: that of its first run."""
    with Caller.of(ground) as caller:
        first = caller.newest(f"{SYNC}/runs", pipeline=loading.FIRST, ordering="started_at")
    return uuid.UUID(first["correlation_id"]) if first else None
