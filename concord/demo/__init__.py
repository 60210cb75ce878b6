"""What `up` shows on a first start: names that follow a change at their top, and the story of all services."""

from collections.abc import Iterator

from concord.demo import names, story
from concord.demo.calling import DemoFailed, Note
from concord.demo.ground import Ground
from concord.demo.telling import Part


def run(ground: Ground, *, note: Note) -> Iterator[Part]:
    """Its parts, as they are played. One that fails leaves a stack that runs, so it is told and no more."""
    for part in (names, story):
        if part.is_possible(ground):
            try:
                yield part.run(ground, note)
            except DemoFailed as failure:
                note(f"demo: {failure}")
                yield Part(part.TITLE, failures=[str(failure)])
