"""`concord trace`: what followed from one request, through all services."""

import sys
from typing import Any

import rich_click as click

from concord.catalogue import installed_names
from shared.connection import FAILED, OK, Reach, print_json, reaches_any


@click.command()
@click.argument("correlation_id", type=click.UUID)
@reaches_any()
def trace(reach: Reach, *, correlation_id: Any, as_json: bool) -> None:
    """Tells from all audit logs, in order of time, what bears this correlation id or goes back to it."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for service in installed_names():
        with reach(service) as connection:
            for name in ("correlation_id", "origin_correlation_id"):
                for row in connection.pages("audit-log", **{name: str(correlation_id)}):
                    found[service, row["id"]] = {"service": service} | row
    rows = sorted(found.values(), key=lambda row: (row["created_at"], row["service"], row["id"]))
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(_line(row))
    if not rows:
        click.echo(f"no audit log knows {correlation_id}", err=True)
    sys.exit(OK if rows else FAILED)


def _line(row: dict[str, Any]) -> str:
    who = row["actor_name"] or row["actor"] or "-"
    what = f"{row['entity']} {row['entity_id'] or ''}".rstrip()
    changes = ", ".join(f"{field}: {_short(change)}" for field, change in list(row["changes"].items())[:3])
    told = " · ".join(part for part in (what, row["message"], changes) if part)
    return f"{row['created_at']:.23}  {row['service']:<11}  {who}  {row['action']}  {told}"


def _short(change: Any) -> str:
    """[old, new] of a field, or what else a row tells of it."""
    if isinstance(change, list) and len(change) == 2:
        return f"{change[0]} → {change[1]}"
    return str(change)
