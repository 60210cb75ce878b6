"""Rows that their source and a person have both changed: looked at and decided."""

import json
import sys
from typing import Any

import rich_click as click

from shared.connection import FAILED, FINDINGS, OK, UNREACHABLE, USAGE, Connection, note, print_json, reaches

STATUSES = ("open", "resolved", "obsolete")
_PIPELINE = click.option("--pipeline", help="Only of this pipeline.")
_TABLE = click.option("--table", help="Only about rows of this table.")


@click.group()
def conflicts() -> None:
    """Rows that their source and a person have both changed."""


@conflicts.command("list")
@_PIPELINE
@_TABLE
@click.option("--status", type=click.Choice(STATUSES), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@reaches("sync")
def list_conflicts(connection: Connection, *, as_json: bool, **wanted: Any) -> None:
    """Lists conflicts with what differs, the newest first."""
    found = connection.get("conflicts", **wanted)
    if as_json:
        print_json(found["results"])
        return
    for one in found["results"]:
        _show(one)
    if found["next"]:
        note(f"there are more than {wanted['limit']}")


@conflicts.command("show")
@click.argument("conflict_id", type=click.IntRange(1))
@reaches("sync")
def show_conflict(connection: Connection, *, conflict_id: int, as_json: bool) -> None:
    """Shows both sides of a conflict."""
    found = connection.get(f"conflicts/{conflict_id}")
    if as_json:
        print_json(found)
    else:
        _show(found)


@conflicts.command()
@click.argument("conflict_ids", nargs=-1, type=click.IntRange(1))
@click.option("--keep", type=click.Choice(["source", "target"]), help="The side that holds.")
@click.option("--set", "merged", multiple=True, metavar="FIELD=VALUE", help="What was made of both; for one conflict.")
@_PIPELINE
@_TABLE
@reaches("sync", codes=(OK, FAILED, USAGE, FINDINGS, UNREACHABLE))
def resolve(
    connection: Connection,
    *,
    conflict_ids: tuple[int, ...],
    keep: str | None,
    merged: tuple[str, ...],
    as_json: bool,
    **wanted: str | None,
) -> None:
    """Decides conflicts, named ones or all open ones of a pipeline or table. Exit code 3 if some stay as they are."""
    chosen = {name: value for name, value in wanted.items() if value is not None}
    if bool(keep) == bool(merged) or bool(conflict_ids) == bool(chosen):
        raise click.UsageError("Say --keep or --set, and which: conflicts, or --pipeline and --table.")
    if merged and len(conflict_ids) != 1:
        raise click.UsageError("--set is for one conflict.")
    if merged:
        body = {"resolution": "merged", "values": dict(map(_value, merged))}
        found = connection.call("POST", f"conflicts/{conflict_ids[0]}/resolve", json=body).json()
        print_json(found) if as_json else _show(found)
        return
    results = _many(connection, {"ids": list(conflict_ids)} if conflict_ids else {"filter": chosen}, keep)
    failed = [one for one in results if one["status"] == "failed"]
    if as_json:
        print_json(results)
    for one in () if as_json else failed:
        click.echo(f"{one['id']}  {one['code']}: {one['detail']}")
    note(f"{len(results) - len(failed)} resolved, {len(failed)} not")
    sys.exit(FINDINGS if failed else OK)


def _many(connection: Connection, chosen: dict[str, Any], keep: str | None) -> list[dict[str, Any]]:
    """By the thousand, until a thousand brings nothing more."""
    results: list[dict[str, Any]] = []
    while True:
        found = connection.call("POST", "conflicts/resolve", json={"resolution": keep, **chosen}).json()
        results += found["results"]
        if not found["left"] or not found["resolved"]:
            return results


def _value(text: str) -> tuple[str, Any]:
    """Numbers and words of JSON are what they look like, anything else is a text."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.UsageError(f"A merged value is FIELD=VALUE, not {text!r}.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _show(one: dict[str, Any]) -> None:
    how = one["resolution"] or one["status"]
    asked = f"  approval {one['approval_id']}" if one["approval_id"] else ""
    click.echo(f"{one['id']}  {one['pipeline']}  {one['key']}  {how}{asked}")
    there, here = one["source_values"], one["target_values"]
    for name in one["differing_fields"]:
        click.echo(f"  {name}: {there.get(name)!r} at the source, {here.get(name)!r} here")
