"""Rows that did not load: looked at, corrected, tried again, given up."""

import sys
from typing import Any

import rich_click as click

from services.sync.commands.running import OF_RUNS, Filters, follow, line, worst
from shared.connection import FINDINGS, OK, USAGE, Connection, fail, note, print_json, reaches

KINDS, STATUSES = ("bad", "parked"), ("open", "resolved", "discarded")
_ID = click.argument("entry_id", type=click.IntRange(1))


def choice(command: Any) -> Any:
    """Which entries, where they are not named."""
    options = (
        click.option("--pipeline", help="Only of this pipeline."),
        click.option("--kind", type=click.Choice(KINDS), help="Bad rows, or parked ones that wait for their parent."),
        click.option("--code", help="Only with an error of this code."),
        click.option("--key", help="Only of this key."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def rejects() -> None:
    """Quarantine: rows that did not load."""


@rejects.command("list")
@choice
@click.option("--status", type=click.Choice(STATUSES), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@reaches("sync")
def list_rejects(connection: Connection, *, as_json: bool, **wanted: Any) -> None:
    """Lists rows that did not load, the newest first."""
    found = connection.get("quarantine", **wanted)
    if as_json:
        print_json(found["results"])
        return
    for one in found["results"]:
        click.echo(_line(one))
    if found["next"]:
        note(f"there are more than {wanted['limit']}")


@rejects.command("show")
@_ID
@reaches("sync")
def show_reject(connection: Connection, *, entry_id: int, as_json: bool) -> None:
    """Shows a row with all that is wrong with it; values only to who may see them."""
    found = connection.get(f"quarantine/{entry_id}")
    if as_json:
        print_json(found)
        return
    click.echo(_line(found))
    for fault in found["errors"]:
        click.echo(f"  {fault['code']} {fault['field'] or ''}  {fault['text']}")
    if found["waiting_for"]:
        click.echo(f"  waits for {found['waiting_for']['table']} {found['waiting_for']['key']}")
    for name, value in (found["corrected_row"] or found["row"] or {}).items():
        click.echo(f"  {name}: {value}")


@rejects.command("correct")
@_ID
@click.argument("row", type=Filters(), metavar="JSON")
@reaches("sync")
def correct_reject(connection: Connection, *, entry_id: int, row: dict[str, Any], as_json: bool) -> None:
    """Stores the row as it should have come, whole, before mapping and types; `redrive` tries it."""
    _tell(connection.call("PATCH", f"quarantine/{entry_id}", json={"corrected_row": row}).json(), as_json=as_json)


@rejects.command("discard")
@_ID
@click.option("--comment", required=True, help="Why.")
@reaches("sync")
def discard_reject(connection: Connection, *, entry_id: int, comment: str, as_json: bool) -> None:
    """Gives a row up: runs that meet the same content again skip it."""
    _tell(connection.call("POST", f"quarantine/{entry_id}/discard", json={"comment": comment}).json(), as_json=as_json)


@rejects.command("redrive")
@click.argument("entry_ids", nargs=-1, type=click.IntRange(1))
@choice
@click.option("--all", "everything", is_flag=True, help="All that are open.")
@click.option("--detach", is_flag=True, help="Does not wait for the end.")
@click.option("--timeout", type=click.FloatRange(0), default=21_600.0, help="Seconds to follow the runs.")
@reaches("sync", codes=OF_RUNS)
def redrive(
    connection: Connection,
    *,
    entry_ids: tuple[int, ...],
    everything: bool,
    detach: bool,
    timeout: float,
    as_json: bool,
    **wanted: str | None,
) -> None:
    """Tries rows again with the pipelines as they are now. Exit code 3 if some did not load again."""
    wished = {name: value for name, value in wanted.items() if value is not None}
    if sum(map(bool, (entry_ids, wished, everything))) != 1:
        raise click.UsageError("Name entries, or options that choose them, or --all.")
    body = {"ids": list(entry_ids)} if entry_ids else {"filter": wished}
    answer = connection.call("POST", "quarantine/redrive", json=body, accepts=(404, 409))
    if answer.is_error:
        problem = answer.json()
        if problem["code"] == "nothing_to_redrive" and not entry_ids:
            _done([], as_json=as_json)
        fail(problem["detail"], code=USAGE)
    started = answer.json()["results"]
    _done(started if detach else [follow(connection, one["id"], seconds=timeout) for one in started], as_json=as_json)


def _done(runs: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(runs)
    for one in () if as_json else runs:
        click.echo(line(one))
    if not runs:
        note("there is nothing to try again")
    ended = [one for one in runs if one["completed_at"]]
    again = any(one["stats"].get(name) for one in ended for name in ("errors", "parked"))
    code = worst(ended)
    sys.exit(FINDINGS if code == OK and again else code)


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        click.echo(_line(found))


def _line(one: dict[str, Any]) -> str:
    why = ", ".join(dict.fromkeys(fault["code"] for fault in one["errors"])) or one["kind"]
    seen = f"  seen {one['times_seen']} times" if one["times_seen"] > 1 else ""
    return f"{one['id']}  {one['pipeline']}  {one['key'] or '?'}  {one['status']}  {why}{seen}"
