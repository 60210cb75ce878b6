"""What `up` shows on a first start: names that follow a change at their top, a store that fetches its promotions,
pipelines that empty an old system."""

from collections.abc import Callable, Iterator

from rich.table import Table

from concord.demo import names, pipelines, stores
from concord.demo.calling import Caller, DemoFailed, Note
from concord.stack.plan import Plan

Part = Callable[[Plan, Caller, Note], Table]


def run(plan: Plan, *, note: Note) -> Iterator[Table]:
    """A table for each part. A part that fails leaves a stack that runs, so it is told and no more."""
    parts: list[tuple[bool, Part]] = [
        (names.is_possible(plan), names.run),
        (stores.is_possible(plan), stores.run),
        (pipelines.is_possible(plan), pipelines.run),
    ]
    with Caller.of(plan) as caller:
        for is_possible, part in parts:
            if is_possible:
                try:
                    yield part(plan, caller, note)
                except DemoFailed as failure:
                    note(f"demo: {failure}")
