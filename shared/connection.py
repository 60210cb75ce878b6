"""How commands speak, and how those of a service reach it: over HTTP, or (`--local`) on the database directly.

Both ways go through the service's own API; locally the application answers inside of the command's process, for the
person who runs it, and does the jobs that it is given at once.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import rich_click as click

if TYPE_CHECKING:
    import httpx2

OK, FAILED, USAGE, FINDINGS, UNREACHABLE, LATE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
EXIT_CODES = {
    OK: "done",
    FAILED: "failed",
    USAGE: "wrong use",
    FINDINGS: "done, and something was found",
    UNREACHABLE: "not reachable or not authorised",
    LATE: "not ended in time",
    INTERRUPTED: "interrupted",
}
ENDED = ("completed", "partial_failure", "failed", "cancelled")
# What a command ends with that has followed a job.
CODE_OF_JOB = {"completed": OK, "partial_failure": FINDINGS, "failed": FAILED, "cancelled": FAILED}


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=2))


def note(text: str) -> None:
    """Progress, for people."""
    click.echo(text, err=True)


def fail(text: str, *, code: int = FAILED) -> NoReturn:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)
    sys.exit(code)


def far(job: dict[str, Any]) -> str:
    return f"{job['status']}, {job['progress_percentage']:.0f} %"


class Connection(AbstractContextManager["Connection"], Protocol):
    """Speaks to one service; paths are relative to `/api/<service>/v1/`. Ends the command if there is no answer, or a
    refusal with a status that the caller does not look into."""

    def call(self, method: str, path: str, *, accepts: tuple[int, ...] = (), **options: Any) -> "httpx2.Response": ...

    def get(self, path: str, **parameters: Any) -> Any: ...

    def pages(self, path: str, **parameters: Any) -> Iterator[Any]:
        """All rows of a list."""

    def pick(self, what: str, given: str, rows: Iterable[Mapping[str, Any]], *names: str) -> Any:
        """The id of the one row that has `given` among its `names`; or `given` if that is an id, without reading a row.
        Ends the command where there is none, or more than one, naming `what` was given."""

    def stream(self, path: str, **parameters: Any) -> Iterator[bytes]: ...

    def follow(
        self,
        job_id: str,
        *,
        seconds: float,
        among: str = "jobs",
        ended: tuple[str, ...] = ENDED,
        say: Callable[[dict[str, Any]], str] = far,
    ) -> dict[str, Any]:
        """The job (or what else works) when it has ended; where no worker does it, it is done first."""


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
