"""How far a job is, for people: a bar on a terminal that moves with its events, else a line for each change."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from concord.client.calling import News
from shared.connection import note


@contextmanager
def shown(say: Callable[[dict[str, Any]], str], *, screen: Console | None = None) -> Iterator[News]:
    """Takes the job as it is read, which `say` puts into words, and what its events say."""
    screen = screen or Console(stderr=True)
    if not screen.is_terminal:
        yield _lines(say)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        bar = progress.add_task("pending", total=None)

        def show(found: Mapping[str, Any]) -> None:
            done = found.get("processed", 0) + found.get("failed", 0)
            progress.update(bar, description=_words(say, found), completed=done, total=found.get("total") or None)

        yield show


def _lines(say: Callable[[dict[str, Any]], str]) -> News:
    told: list[str] = []

    def tell(found: Mapping[str, Any]) -> None:
        line = _words(say, found)
        if told[-1:] != [line]:
            note(line)
            told.append(line)

    return tell


def _words(say: Callable[[dict[str, Any]], str], found: Mapping[str, Any]) -> str:
    if "status" in found:
        return say(dict(found))
    return f"{found.get('state', 'running')}, {found.get('percentage', 0):.0f} %"
