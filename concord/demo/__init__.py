"""What `up` shows on a first start: names that follow a change at their top, and the story of all services."""

from collections.abc import Iterator

from rich.table import Table

from concord.demo import names, story
from concord.demo.calling import DemoFailed, Note
from concord.stack.plan import Plan


def run(plan: Plan, *, note: Note) -> Iterator[Table]:
    """A table for each part. A part that fails leaves a stack that runs, so it is told and no more."""
    for part in (names, story):
        if part.is_possible(plan):
            try:
                yield part.run(plan, note)
            except DemoFailed as failure:
                note(f"demo: {failure}")
