"""The health report by command."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import rich_click as click

from services.validation.commands.far import Far, on_either_side, only_here
from services.validation.commands.tenants import FAILED, FINDINGS, OK, USAGE, Doors, nowhere, print_json, visits
from services.validation.domain.health.thresholds import Severity
from services.validation.operations.health.judging import look
from services.validation.operations.health.mailing import set_address
from services.validation.operations.health.reporting import added_up, report

CODES = (OK, FAILED, USAGE, FINDINGS)


@click.command("monitor_validation")
@click.option("--alert", "alerts", is_flag=True, help="Judges the figures, and tells what has become known.")
@click.option(
    "--period", type=click.IntRange(1, 8760), default=24, show_default=True, help="Hours that are looked back on."
)
@on_either_side
def monitor_validation(
    doors: Doors, *, far: Far | None, alerts: bool, period: int, tenant: str | None, as_json: bool
) -> None:
    """Reports how healthy the data is, and keeps the report: 0 healthy, 1 failed, 2 wrongly asked, 3 degraded.

    Over HTTP it is not kept, and judged by the schedule alone.
    """
    if far is not None:
        if alerts:
            raise click.UsageError("--alert is for the database; over HTTP the schedule `daily report` judges.")
        found = far.call("GET", "health", params={"period_hours": period})
    else:
        found = _looked(doors, tenant, period, alerts=alerts)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_written(found)))
    sys.exit(OK if found["status"] == "healthy" else FINDINGS)


def _looked(doors: Doors, tenant: str | None, period: int, *, alerts: bool) -> dict[str, Any]:
    reports: list[tuple[str, dict[str, Any]]] = []
    for visit in visits(doors, tenant):
        with visit.unit() as session:
            told, said = look(session, period_hours=period, alerts=alerts)
        reports.append((str(visit.tenant_id), told))
        for message in said:
            click.echo(json.dumps({"event": "health_alert", "tenant": str(visit.tenant_id), **message}), err=True)
    if reports:
        return reports[0][1] if tenant is not None else added_up(reports)
    with nowhere(doors) as session:
        return report(session, period_hours=period)[0] | {"tenants": []}


@click.command("alert-mail")
@click.option("--tenant", required=True, help="Slug or id of the tenant.")
@click.option("--to", "recipient", metavar="ADDRESS", help="Where its alerts go from now on.")
@click.option("--off", is_flag=True, help="They go to nobody.")
@click.option(
    "--severity",
    type=click.Choice([str(each) for each in Severity]),
    default=str(Severity.WARNING),
    show_default=True,
    help="The least that is mailed.",
)
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
@only_here("the address is for operators to choose.")
def alert_mail(doors: Doors, *, tenant: str, recipient: str | None, off: bool, severity: str, as_json: bool) -> None:
    """Says to whom the alerts of a tenant are mailed. Needs a mail server (CONCORD_SMTP_HOST) to have an effect."""
    if off == (recipient is not None):
        raise click.UsageError("Say either --to ADDRESS or --off.")
    if recipient is not None and not _ADDRESS.fullmatch(recipient):
        raise click.UsageError(f"{recipient} is no address.")
    for visit in visits(doors, tenant):
        with visit.unit() as session:
            set_address(session, recipient, Severity(severity))
        if as_json:
            print_json({"tenant": visit.slug, "address": recipient, "severity": severity})
        else:
            click.echo(f"{visit.slug}: {recipient or 'off'}")


# Enough to tell a mistyped option from an address; the mail server judges the rest.
_ADDRESS: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def _written(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"Validation health report, last {found['period_hours']} hours"
    yield "=" * 70
    yield f"Health score: {found['health_score']} ({found['status']})"
    yield from (f"  -{each['points']} {each['reason']}" for each in found["deductions"])
    for part, figures in found["checks"].items():
        yield ""
        yield part.replace("_", " ").capitalize()
        for name, value in figures.items():
            yield f"  {name.replace('_', ' ')}: {_shown(value)}"
    for each in found.get("tenants", []):
        yield f"{each['tenant']}: {each['health_score']} ({each['total']} issues)"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
