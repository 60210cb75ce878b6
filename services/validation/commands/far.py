"""Commands of a service that is elsewhere: over HTTP, where an address or a profile says so.

Unlike those of the other services they work on the database unless told otherwise, as an operator's tools have to that
are wanted when nothing else runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import rich_click as click

from services.validation.commands.tenants import fail
from shared.connection import FAILED, FINDINGS, LATE, OK, UNREACHABLE, USAGE, Connection

Command = Callable[..., Any]
_NOT_FOUND, _WRONG = 404, 422
_SECONDS = click.option(
    "--timeout", type=click.FloatRange(0), default=3600.0, show_default=True, help="Seconds to wait, over HTTP."
)
_TENANT = click.option("--tenant", help="Slug or id of one tenant, on the database; all of them unless given.")
_ONE_TENANT = click.option("--tenant", help="Slug or id of the tenant, on the database.  [default: demo]")
_JSON = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
_WHERE = (
    click.option("--address", envvar="CONCORD_ADDRESS", metavar="URL", help="Over HTTP; CONCORD_ADDRESS."),
    click.option("--token", envvar="CONCORD_TOKEN", metavar="TOKEN", help="Who asks there; CONCORD_TOKEN."),
    click.option("--local", is_flag=True, help="On the database, whatever address or profile there is."),
)
_HERE = (
    click.option("--address", envvar="CONCORD_ADDRESS", hidden=True),
    click.option("--local", is_flag=True, help="On this installation's database, although a profile names another."),
)


@dataclass(frozen=True)
class Far:
    """The service of one tenant, whom the token names."""

    connection: Connection
    seconds: float

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Ends the command where the service is wrongly asked, as where the database is."""
        answer = self.connection.call(method, path, accepts=(_NOT_FOUND, _WRONG), **options)
        found: dict[str, Any] = answer.json()
        if answer.status_code in (_NOT_FOUND, _WRONG):
            told = [f"{each.get('pointer', '')} {each['detail']}".strip() for each in found.get("errors", ())]
            fail("; ".join(told) or found["detail"], code=USAGE)
        return found

    def run(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """An integrity run at its end; its job has its id."""
        job = self.call("POST", path, json=body)
        self.connection.follow(job["id"], seconds=self.seconds)
        return self.call("GET", f"integrity-runs/{job['id']}")


def _placed(*options: Command) -> Callable[[Command], Command]:
    """Adds the options that say where, and `far`: None for the database of this installation."""

    def decorate(function: Command) -> Command:
        @wraps(function)
        def placed(
            doors: Any,
            *,
            address: str | None,
            token: str | None,
            local: bool,
            timeout: float = 0.0,
            **more: Any,
        ) -> Any:
            if local or not _leads_away(doors, address):
                return function(doors, far=None, **more)
            if more.get("tenant") is not None:
                fail("--tenant is for the database; over HTTP the token says which tenant", code=USAGE)
            with doors.over_http("validation", address=address, token=token) as connection:
                return function(doors, far=Far(connection, timeout), **more)

        # For the reference page.
        placed.mode = "this machine, or HTTP"  # type: ignore[attr-defined]
        placed.exit_codes = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE, LATE)  # type: ignore[attr-defined]
        return _with(placed, *_WHERE, *options)

    return decorate


on_either_side = _placed(_SECONDS, _TENANT, _JSON)
for_one_tenant = _placed(_ONE_TENANT)
for_no_tenant = _placed(_JSON)


def only_here(why: str) -> Callable[[Command], Command]:
    """For what the API has no call for: where an address or a profile leads elsewhere, it is refused and not done to
    the database that happens to be here. `why` ends the sentence, with what to do instead where there is something."""

    def decorate(function: Command) -> Command:
        @wraps(function)
        def here(doors: Any, *, address: str | None, local: bool, **more: Any) -> Any:
            if not local and _leads_away(doors, address):
                fail(f"this works on a database only, with --local on the one that is here: {why}", code=USAGE)
            return function(doors, **more)

        here.mode = "this machine"  # type: ignore[attr-defined]  # for the reference page
        return _with(here, *_HERE)

    return decorate


def _leads_away(doors: Any, address: str | None) -> bool:
    return address is not None or getattr(doors, "has_profile", False)


def _with(function: Command, *options: Command) -> Command:
    for option in reversed(options):
        function = option(function)
    return click.pass_obj(function)
