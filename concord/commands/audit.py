"""`concord audit`: whether the audit logs are what was once written."""

import sys
from importlib import import_module
from typing import Any

import rich_click as click

from concord import catalogue
from concord.settings import StackSettings
from shared.connection import FAILED, FINDINGS, OK, UNREACHABLE, USAGE, fail, print_json

_SECONDS = 1800


@click.group()
def audit() -> None:
    """Looks after the audit logs."""


@audit.command()
@click.argument("services", nargs=-1)
@click.option("--local", is_flag=True, help="All tenants, on the databases directly (CONCORD_<SERVICE>_RELAY_URL).")
@click.option("--address", envvar="CONCORD_ADDRESS", metavar="URL", help="Of the gateway; CONCORD_ADDRESS.")
@click.option("--token", envvar="CONCORD_TOKEN", metavar="TOKEN", help="CONCORD_TOKEN.  [default: a local one]")
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
@click.pass_obj
def verify(
    doors: Any, *, services: tuple[str, ...], local: bool, address: str | None, token: str | None, as_json: bool
) -> None:
    """Recomputes the seals of services (all installed ones if none is named). Exit code 3 if something does not fit."""
    if unknown := sorted(set(services) - set(catalogue.installed_names())):
        fail(f"{unknown[0]!r} is not installed; installed: {', '.join(catalogue.installed_names())}", code=USAGE)
    reports = [
        _verified(name) if local else _asked(doors.over_http(name, address=address, token=token), name)
        for name in services or catalogue.installed_names()
    ]
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            _show(report)
    sys.exit(FINDINGS if any(report["findings"] for report in reports) else 0)


verify.callback.exit_codes = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE)  # type: ignore[union-attr]


def _asked(connection: Any, service: str) -> dict[str, Any]:
    """The service looks at the log of the token's tenant."""
    with connection:
        found: dict[str, Any] = connection.call("POST", "audit-log/verify").json()
    return {"service": service} | found


def _verified(service: str) -> dict[str, Any]:
    from sqlalchemy.exc import OperationalError, SQLAlchemyError

    from shared.db import Database
    from shared.sealing import verify
    from shared.tenancy import Context

    models = import_module(f"services.{service}.models")
    db = Database(_relay_url(service), pooled=False, statement_timeout_seconds=_SECONDS)
    try:
        with db.transaction(Context(tenant_id=None)) as session:
            found = verify(session, models.AuditEvent, models.AuditSeal)
    except OperationalError as failure:
        fail(f"the database of {service} is not reachable: {failure.orig}", code=UNREACHABLE)
    except SQLAlchemyError as failure:
        fail(f"the audit log of {service} cannot be read: {failure}")
    return {
        "service": service,
        "intact": found.intact,
        "seals": found.seals,
        "rows": found.rows,
        "unsealed_rows": found.unsealed_rows,
        "truncated": found.truncated,
        "findings": [finding.as_dict() | {"tenant_id": str(finding.tenant_id)} for finding in found.findings],
    }


def _relay_url(service: str) -> str:
    from concord.stack.databases import Database
    from concord.stack.home import Home

    settings = StackSettings.read()
    given = settings.passed.get(f"CONCORD_{service.upper()}_RELAY_URL")
    if given is not None:
        return given
    home = Home(settings.home)
    admin_url = settings.database_url or home.read("programs/postgres.json").get("health")
    try:
        found = Database.of(service, home=home, admin_url=admin_url, given=settings.passed).relay_url
    except ValueError as failure:
        fail(str(failure), code=UNREACHABLE)
    return found or fail(f"CONCORD_{service.upper()}_RELAY_URL is not set", code=USAGE)


def _show(report: dict[str, Any]) -> None:
    state = "intact" if report["intact"] else "NOT INTACT"
    counts = f"{report['seals']} seals over {report['rows']} rows, {report['unsealed_rows']} rows not sealed yet"
    click.echo(f"{report['service']}: {state}; {counts}")
    for finding in report["findings"]:
        whose = f"tenant {finding['tenant_id']}, " if "tenant_id" in finding else ""
        place = f"{whose}{finding['retention_class']}"
        numbers = [f"{word} {finding[key]}" for word, key in (("seal", "number"), ("row", "row_id")) if finding[key]]
        click.echo(f"  {finding['kind']}: {', '.join([place, *numbers])}")
    if report["truncated"]:
        click.echo("  … and more")
