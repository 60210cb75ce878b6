"""The processes that the supervisor keeps alive, each also to be started by hand or by a container, and migrations."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import rich_click as click

from concord import catalogue
from concord.settings import StackSettings
from concord.wsgi import stream_command, web_command
from shared.connection import UNREACHABLE, USAGE, fail, note

_BIND = click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address, or unix:PATH.")


@click.command()
@click.argument("service", required=False)
@_BIND
def web(*, service: str | None, bind: str) -> None:
    """Serves the API of one service: the only installed one if none is named."""
    service = service or _only()
    if service not in catalogue.installed_names():
        known = ", ".join(catalogue.installed_names()) or "none"
        fail(f"{service!r} is not installed; installed: {known}", code=USAGE)
    _become(web_command(catalogue.service_named(service), bind))


@click.command()
@_BIND
def stream(*, bind: str) -> None:
    """Serves the event streams of all installed services."""
    _become(stream_command(bind))


@click.command()
@click.argument("queues", nargs=-1)
def worker(*, queues: tuple[str, ...]) -> None:
    """Works off queues of one service, each by a process of its own: all of the only installed one if none is named."""
    if not queues:
        queues = catalogue.service_named(_only()).queues
    try:
        services = {catalogue.owner_of(queue).name for queue in queues}
    except LookupError as error:
        fail(str(error.args[0]), code=USAGE)
    if len(services) > 1:
        fail(f"these queues belong to several services: {', '.join(sorted(services))}", code=USAGE)
    (service,) = services
    # Before anything forks, so that not every worker and every job pays for the imports.
    jobs = import_module(f"services.{service}.jobs")
    from concord import crew
    from shared.jobs import worker

    if len(queues) == 1:
        worker.run(queues[0], _settings_of(service), jobs.registry)
    else:
        crew.run(queues, _settings_of(service), jobs.registry)


@click.command()
@click.option(
    "--heartbeat",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File in which it notes when it last looked after each service.",
)
def relay(*, heartbeat: Path | None) -> None:
    """Hands pending jobs of all installed services to their queues, takes over lost ones, fires schedules.

    CONCORD_RELAY_METRICS (HOST:PORT) is where it serves /metrics; nowhere if it is not set.
    """
    from concord.relaying import run

    try:
        run(catalogue.installed(), heartbeat_file=heartbeat)
    except ValueError as error:
        fail(str(error), code=USAGE)


@click.command()
@click.argument("services", nargs=-1)
@click.option(
    "--make", "makes", is_flag=True, help="First makes database and roles, on the server of CONCORD_DATABASE_URL."
)
def migrate(*, services: tuple[str, ...], makes: bool) -> None:
    """Brings the databases of services (all installed ones if none is named) to the newest schema.

    Asks CONCORD_<SERVICE>_OWNER_URL, else the server of CONCORD_DATABASE_URL, else that of the local stack.
    """
    from concord.stack import health
    from concord.stack.databases import Database, DatabaseFailed, make, prepare
    from concord.stack.home import Home

    settings = StackSettings.read()
    home = Home(settings.home)
    admin_url = settings.database_url or home.read("programs/postgres.json").get("health")
    if admin_url and (complaint := health.complaint(admin_url)):
        fail(f"PostgreSQL is not reachable: {complaint}", code=UNREACHABLE)
    for name in services or catalogue.installed_names():
        try:
            database = Database.of(name, home=home, admin_url=admin_url, given=settings.passed)
            if makes and not database.is_ours and admin_url:
                make(database, admin_url=admin_url)
            prepare(database, home=home, admin_url=admin_url)
        except (DatabaseFailed, ValueError) as error:
            fail(str(error))
        note(f"{name} is at its newest schema")


def _only() -> str:
    """In an image there is one service, which need not be named."""
    known = catalogue.installed_names()
    if len(known) != 1:
        fail(f"name one; installed: {', '.join(known) or 'none'}", code=USAGE)
    return known[0]


def _settings_of(service: str) -> Any:
    return import_module(f"services.{service}.config").Settings()


def _become(command: tuple[str, ...]) -> NoReturn:
    os.execv(command[0], command)  # noqa: S606 - no shell is meant
