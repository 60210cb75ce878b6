"""How a command reaches a service: through the client, its failures told as the command line tells them."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx2

from concord.client import NotAuthorised, Problem, ServiceClient, StillRunning, Unavailable, Unreachable
from concord.following import shown
from shared.connection import ENDED, FAILED, LATE, UNREACHABLE, USAGE, fail, far

# Candidates that are named to people who have to say which they mean.
TOLD = 10


@dataclass
class ClientConnection:
    """See `shared.connection.Connection`. `perform` does a job here; None where workers do it. `leave` gives back what
    was opened for this connection."""

    client: ServiceClient
    perform: Callable[[str], None] | None = None
    leave: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.client.close()
        if self.leave is not None:
            self.leave()

    def call(self, method: str, path: str, *, accepts: tuple[int, ...] = (), **options: Any) -> httpx2.Response:
        with _told():
            try:
                return self.client.call(method, path, **options)
            except Problem as refusal:
                if refusal.status in accepts:
                    return refusal.response
                raise

    def get(self, path: str, **parameters: Any) -> Any:
        with _told():
            return self.client.get(path, **parameters)

    def pages(self, path: str, **parameters: Any) -> Iterator[Any]:
        with _told():
            yield from self.client.rows(path, params=parameters)

    def pick(self, what: str, given: str, rows: Iterable[Mapping[str, Any]], *names: str) -> Any:
        word = given.removeprefix("#")
        if word.isdecimal() or _is_uuid(word):
            return int(word) if word.isdecimal() else word
        known = list(rows)
        for spelled in (str, str.casefold):
            found = [row for row in known if spelled(given) in [spelled(str(row.get(name))) for name in names]]
            if len(found) == 1:
                return found[0]["id"]
            if found:
                told = f"several are called {given!r}; say which by its id: {_listed(found, names)}"
                fail(f"{what}: {told}", code=USAGE)
        near = f"; there are {_listed(known, names)}" if known else ""
        fail(f"{what}: nothing is called {given!r}{near}", code=USAGE)

    def stream(self, path: str, **parameters: Any) -> Iterator[bytes]:
        with _told():
            yield from self.client.download(path, params=parameters)

    def follow(
        self,
        job_id: str,
        *,
        seconds: float,
        among: str = "jobs",
        ended: tuple[str, ...] = ENDED,
        say: Callable[[dict[str, Any]], str] = far,
    ) -> dict[str, Any]:
        if self.perform is not None:
            self.perform(job_id)
        with _told(), shown(say) as news:
            return self.client.wait(job_id, seconds=seconds, among=among, ended=ended, news=news)


@contextmanager
def _told() -> Iterator[None]:
    """Ends the command with what went wrong."""
    try:
        yield
    except (Unreachable, NotAuthorised, Unavailable) as failure:
        fail(str(failure), code=UNREACHABLE)
    except StillRunning as late:
        fail(str(late), code=LATE)
    except Problem as refusal:
        fail(str(refusal), code=FAILED)


def _is_uuid(word: str) -> bool:
    try:
        return bool(uuid.UUID(word))
    except ValueError:
        return False


def _listed(rows: list[Mapping[str, Any]], names: tuple[str, ...]) -> str:
    told = [f"{row['id']} ({', '.join(str(row[name]) for name in names if row.get(name))})" for row in rows[:TOLD]]
    return ", ".join(told) + (" and more" if len(rows) > TOLD else "")
