"""How commands speak, and how those of a service reach it: over HTTP, or (`--local`) on the database directly.

Both ways go through the service's own API; locally the application answers inside of the command's process, for the
person who runs it, and does the jobs that it is given at once.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn, Protocol

import httpx2
import rich_click as click

OK, FAILED, USAGE, FINDINGS, UNREACHABLE, LATE = 0, 1, 2, 3, 4, 5
ENDED = ("completed", "partial_failure", "failed", "cancelled")
POLL_SECONDS = 0.3
# What a command ends with that has followed a job.
CODE_OF_JOB = {"completed": OK, "partial_failure": FINDINGS, "failed": FAILED, "cancelled": FAILED}
AWAY = (401, 403, 502, 503, 504)


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=2))


def note(text: str) -> None:
    """Progress, for people."""
    click.echo(text, err=True)


def fail(text: str, *, code: int = FAILED) -> NoReturn:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)
    sys.exit(code)


# From the client and the address of what works, to a function that shows how far it is and waits for news of it.
Watch = Callable[[httpx2.Client, str], AbstractContextManager[Callable[[str], None]]]


@contextmanager
def polling(_client: httpx2.Client, _address: str) -> Iterator[Callable[[str], None]]:
    told: list[str] = []

    def wait(now: str) -> None:
        if told[-1:] != [now]:
            note(now)
            told.append(now)
        time.sleep(POLL_SECONDS)

    yield wait


def far(job: dict[str, Any]) -> str:
    return f"{job['status']}, {job['progress_percentage']:.0f} %"


@dataclass
class Connection:
    """`client` speaks to one service, its base being `/api/<service>/v1/`. `perform` does a job here; None where
    workers do it. `leave` gives back what was opened for this connection."""

    client: httpx2.Client
    perform: Callable[[str], None] | None = None
    leave: Callable[[], None] | None = None
    watch: Watch = polling

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_failure: object) -> None:
        self.client.close()
        if self.leave is not None:
            self.leave()

    def call(self, method: str, path: str, *, accepts: tuple[int, ...] = (), **options: Any) -> httpx2.Response:
        """Ends the command if there is no answer, or a refusal with a status that the caller does not look into."""
        try:
            response = self.client.request(method, path, **options)
        except httpx2.TransportError as error:
            fail(f"{self.client.base_url} does not answer: {error}", code=UNREACHABLE)
        if response.is_error and response.status_code not in accepts:
            _refuse(response)
        return response

    def get(self, path: str, **parameters: Any) -> Any:
        return self.call("GET", path, params=_given(parameters)).json()

    def pages(self, path: str, **parameters: Any) -> Iterator[Any]:
        """All rows of a list."""
        page = self.get(path, limit=200, **parameters)
        yield from page["results"]
        while page["next"]:
            page = self.call("GET", page["next"]).json()
            yield from page["results"]

    def stream(self, path: str, **parameters: Any) -> Iterator[bytes]:
        try:
            with self.client.stream("GET", path, params=_given(parameters)) as response:
                if response.is_error:
                    response.read()
                    _refuse(response)
                yield from response.iter_bytes()
        except httpx2.TransportError as error:
            fail(f"{self.client.base_url} does not answer: {error}", code=UNREACHABLE)

    def follow(
        self,
        job_id: str,
        *,
        seconds: float,
        among: str = "jobs",
        ended: tuple[str, ...] = ENDED,
        say: Callable[[dict[str, Any]], str] = far,
    ) -> dict[str, Any]:
        """The job (or what else works) when it has ended; here it is done first."""
        if self.perform is not None:
            self.perform(job_id)
        deadline = time.monotonic() + seconds
        with self.watch(self.client, f"{among}/{job_id}") as wait:
            while True:
                found: dict[str, Any] = self.get(f"{among}/{job_id}")
                if found["status"] in ended:
                    return found
                if time.monotonic() > deadline:
                    fail(f"{job_id} is still {found['status']} after {seconds:g} seconds", code=LATE)
                wait(say(found))


class Doors(Protocol):
    """How this installation reaches services; the command line brings it as the context's object."""

    def over_http(self, service: str, *, address: str | None, token: str | None) -> Connection: ...

    def local(self, service: str, *, tenant: str | None) -> Connection: ...


Command = Callable[..., Any]
Reach = Callable[[str], Connection]
_OPTIONS = (
    click.option("--local", is_flag=True, help="Works on the database directly, without a running service."),
    click.option("--tenant", metavar="NAME", help="With --local: UUID or name of the tenant.  [default: demo]"),
    click.option("--address", envvar="CONCORD_ADDRESS", metavar="URL", help="Of the gateway; CONCORD_ADDRESS."),
    click.option("--token", envvar="CONCORD_TOKEN", metavar="TOKEN", help="CONCORD_TOKEN.  [default: a local one]"),
    click.option("--json", "as_json", is_flag=True, help="Only data on standard output, as JSON."),
)


def reaches(service: str, *, codes: tuple[int, ...] = (OK, FAILED, USAGE, UNREACHABLE)) -> Callable[[Command], Command]:
    """For commands of a service: adds the options that say how it is reached; the first argument is the connection.

    `codes` are those that it can end with, for the reference page.
    """

    def decorate(function: Command) -> Command:
        @wraps(function)
        def connected(reach: Reach, *arguments: Any, **options: Any) -> Any:
            with reach(service) as connection:
                return function(connection, *arguments, **options)

        return reaches_any(codes=codes)(connected)

    return decorate


def reaches_any(*, codes: tuple[int, ...] = (OK, FAILED, USAGE, UNREACHABLE)) -> Callable[[Command], Command]:
    """The same for commands across services: the first argument makes a connection to the one that it is given."""

    def decorate(function: Command) -> Command:
        @wraps(function)
        def reaching(
            *arguments: Any, local: bool, tenant: str | None, address: str | None, token: str | None, **options: Any
        ) -> Any:
            context = click.get_current_context()
            assert context is not None  # a command runs in one
            doors: Doors = context.find_root().obj
            if tenant is not None and not local:
                fail("--tenant goes with --local; over HTTP the token says which tenant", code=USAGE)

            def reach(service: str) -> Connection:
                if local:
                    return doors.local(service, tenant=tenant)
                return doors.over_http(service, address=address, token=token)

            return function(reach, *arguments, **options)

        reaching.exit_codes = codes  # type: ignore[attr-defined]
        for option in reversed(_OPTIONS):
            reaching = option(reaching)
        return reaching

    return decorate


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value not in (None, ())}


def _refuse(response: httpx2.Response) -> NoReturn:
    is_problem = "json" in response.headers.get("Content-Type", "")
    problem = response.json() if is_problem else {}
    text = problem.get("detail") or problem.get("title") or f"{response.status_code} {response.reason_phrase}"
    for error in problem.get("errors", [])[:20]:
        text += f"\n  {error['pointer']}: {error['detail']}"
    correlation = response.headers.get("X-Correlation-ID")
    hint = f" (correlation id {correlation})" if correlation else ""
    fail(f"{text}{hint}", code=UNREACHABLE if response.status_code in AWAY else FAILED)
