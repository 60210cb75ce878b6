"""`concord backup` and `concord restore`."""

from pathlib import Path

import rich_click as click

from concord import catalogue
from concord.settings import StackSettings
from shared.connection import UNREACHABLE, USAGE, fail, note, print_json

_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_SERVICES = click.argument("services", nargs=-1)


@click.command()
@_FOLDER
@_SERVICES
@click.option("--json", "as_json", is_flag=True, help="The manifest on standard output.")
def backup(*, folder: Path, services: tuple[str, ...], as_json: bool) -> None:
    """Dumps the databases of services (all installed ones if none is named) into a new folder, all as of one moment.

    Asks the server of CONCORD_DATABASE_URL, else that of the local stack. Keys, secrets and files of pipelines are not
    part of it.
    """
    from dataclasses import asdict

    from psycopg import OperationalError

    from concord.stack.backup import BackupRefused, take

    try:
        manifest = take(_named(services), folder.absolute(), admin_url=_admin_url(), note=note)
    except OperationalError as failure:
        fail(f"PostgreSQL is not reachable: {failure}", code=UNREACHABLE)
    except (BackupRefused, OSError) as failure:
        fail(str(failure))
    if as_json:
        print_json(asdict(manifest))
    note(f"{sum(part.bytes for part in manifest.parts):,} bytes in {folder}")


@click.command()
@_FOLDER
@_SERVICES
@click.option("--replace", is_flag=True, help="Drop a database that has tables already.")
@click.option("--yes", is_flag=True, help="Do not ask before something is dropped.")
def restore(*, folder: Path, services: tuple[str, ...], replace: bool, yes: bool) -> None:
    """Brings the databases of services (all of the backup if none is named) back, and up to the newest schema.

    Nothing is touched before all files are found to be whole and readable by this version.
    """
    from psycopg import OperationalError

    from concord.stack.backup import BackupRefused, check, empty, load
    from concord.stack.databases import Database, DatabaseFailed, make, prepare
    from concord.stack.home import Home

    settings = StackSettings.read()
    home, admin_url = Home(settings.home), _admin_url()
    try:
        parts = check(folder.absolute(), services)
        if replace and not yes:
            click.confirm(f"Drop the databases of {', '.join(part.service for part in parts)}?", abort=True, err=True)
        for part in parts:
            database = Database.of(part.service, home=home, admin_url=admin_url, given=settings.passed)
            empty(admin_url, part.service, replace=replace)
            make(database, admin_url=admin_url)
            load(part, folder.absolute(), admin_url=admin_url, note=note)
            prepare(database, home=home, admin_url=admin_url)
            note(f"{part.service} is back")
    except OperationalError as failure:
        fail(f"PostgreSQL is not reachable: {failure}", code=UNREACHABLE)
    except (BackupRefused, DatabaseFailed, ValueError, OSError) as failure:
        fail(str(failure))


def _named(services: tuple[str, ...]) -> tuple[str, ...]:
    installed = catalogue.installed_names()
    if unknown := sorted(set(services) - set(installed)):
        fail(f"{unknown[0]!r} is not installed; installed: {', '.join(installed)}", code=USAGE)
    return services or tuple(installed)


def _admin_url() -> str:
    from concord.stack.home import Home

    settings = StackSettings.read()
    found = settings.database_url or Home(settings.home).read("programs/postgres.json").get("health")
    return found or fail("no server: set CONCORD_DATABASE_URL, or start a stack with `concord up`", code=UNREACHABLE)
