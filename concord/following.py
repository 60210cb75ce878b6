"""A bar on the terminal that moves with the events of a job: the same stream that the console shows."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from shared.connection import POLL_SECONDS, polling

# A short job has ended before its stream would tell so.
_SHORT_SECONDS = 2.0


@contextmanager
def watching(
    client: httpx2.Client, address: str, *, screen: Console | None = None, short_seconds: float = _SHORT_SECONDS
) -> Iterator[Callable[[str], None]]:
    """See `shared.connection.Watch`. Without a terminal there is no bar, and the job is looked at again and again."""
    screen = screen or Console(stderr=True)
    if not screen.is_terminal:
        with polling(client, address) as wait:
            yield wait
        return
    began = time.monotonic()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        bar = progress.add_task("pending", total=None)

        def show(event: dict[str, Any]) -> None:
            done, total = event.get("processed", 0) + event.get("failed", 0), event.get("total")
            progress.update(bar, completed=done, total=total or None)

        def wait(now: str) -> None:
            progress.update(bar, description=now)
            if time.monotonic() - began < short_seconds or not _heard(client, f"{address}/events", show):
                time.sleep(POLL_SECONDS)

        yield wait


def _heard(client: httpx2.Client, address: str, show: Callable[[dict[str, Any]], None]) -> bool:
    """Shows what the stream tells until the state changes or the stream ends; False where there is none."""
    try:
        with client.stream("GET", address, headers={"Accept": "text/event-stream"}) as response:
            if response.is_error:
                return False
            kind, first = "", True
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    show(json.loads(value))
                    if kind == "state" and not first:
                        return True
                    first = False
    except httpx2.TransportError:
        return False
    return True
