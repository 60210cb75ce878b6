"""`concord trace`: what followed from one request, through all services."""

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import rich_click as click

from concord.catalogue import installed_names
from shared.connection import FAILED, OK, Reach, print_json, reaches_any

Row = dict[str, Any]
_IDS_AT_ONCE = 50


@click.command()
@click.argument("correlation_id", type=click.UUID)
@reaches_any()
def trace(reach: Reach, *, correlation_id: Any, as_json: bool) -> None:
    """Tells from all audit logs, in order of time, what bears this correlation id or goes back to it.

    What one person or program did many times in a row is told once, with how often; --json has every row.
    """
    rows = sorted(_story(reach, str(correlation_id)), key=lambda row: (row["created_at"], row["service"], row["id"]))
    if as_json:
        print_json(rows)
    else:
        for _same, run in groupby(rows, key=lambda row: (row["service"], row["actor"], row["action"])):
            first, *more = run
            click.echo(_line(first) + (f"  (and {len(more):,} more)" if more else ""))
    if not rows:
        click.echo(f"no audit log knows {correlation_id}", err=True)
    sys.exit(OK if rows else FAILED)


def _story(reach: Reach, story: str) -> list[Row]:
    """Rows of the story and of the requests that say they continue it, what those caused elsewhere included.

    A request may continue several stories, as when a person decides about many things at once: its rows that say they
    belong to another one are left out.
    """
    found: dict[tuple[str, int], Row] = {}
    known: set[str] = set()
    new = {story}
    while new:
        known |= new
        for row in _rows(reach, sorted(new)):
            if row["origin_correlation_id"] in (None, *known) or row["correlation_id"] == story:
                found[row["service"], row["id"]] = row
        new = {row["correlation_id"] for row in found.values()} - known
    return list(found.values())


def _rows(reach: Reach, ids: list[str]) -> Iterator[Row]:
    """What bears one of these ids, or names one as its origin."""
    for service in installed_names():
        with reach(service) as connection:
            for at in range(0, len(ids), _IDS_AT_ONCE):
                for name in ("correlation_id", "origin_correlation_id"):
                    for row in connection.pages("audit-log", **{name: ids[at : at + _IDS_AT_ONCE]}):
                        yield {"service": service} | row


def _line(row: Row) -> str:
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
