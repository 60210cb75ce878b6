"""Runs looked at, stopped and taken up again, and the state that they have left."""

import json
import sys
from typing import Any

import rich_click as click

from services.sync.commands.running import OF_RUNS, STATUSES, follow, line, tell_diff, worst
from shared.connection import Connection, print_json, reaches


@click.group()
def runs() -> None:
    """Runs of pipelines."""


@runs.command("list")
@click.option("--pipeline", help="Only of this one.")
@click.option("--status", multiple=True, type=click.Choice(STATUSES), help="Only such; may be repeated.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@reaches("sync")
def list_runs(
    connection: Connection, *, pipeline: str | None, status: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """Lists runs, the newest first."""
    found = connection.get("runs", pipeline=pipeline, status=status, limit=limit)["results"]
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(f"{one['id']}  {line(one)}")


@runs.command("show")
@click.argument("run_id")
@reaches("sync")
def show_run(connection: Connection, *, run_id: str, as_json: bool) -> None:
    """Shows a run, and the rows that were not simply loaded."""
    found = connection.get(f"runs/{run_id}")
    if as_json:
        print_json(found)
        return
    click.echo(line(found))
    for row in connection.get(f"runs/{run_id}/rows", limit=50)["results"]:
        click.echo(f"  {row['outcome']} {row['key'] or '?'}: {row['code']} {row['field'] or ''} {row['text'] or ''}")


@runs.command("cancel")
@click.argument("run_id")
@reaches("sync")
def cancel_run(connection: Connection, *, run_id: str, as_json: bool) -> None:
    """Stops a run before its next batch."""
    _answer(connection.call("POST", f"runs/{run_id}/cancel").json(), as_json=as_json)


@runs.command("resume")
@click.argument("run_id")
@click.option("--timeout", type=click.FloatRange(0), default=21_600.0, help="Seconds to follow the run.")
@reaches("sync", codes=OF_RUNS)
def resume_run(connection: Connection, *, run_id: str, timeout: float, as_json: bool) -> None:
    """Goes on with a run that failed or was cancelled, behind its last batch."""
    connection.call("POST", f"runs/{run_id}/resume")
    ended = follow(connection, run_id, seconds=timeout)
    _answer(ended, as_json=as_json)
    sys.exit(worst([ended]))


@runs.command("watch")
@click.argument("run_id")
@click.option("--timeout", type=click.FloatRange(0), default=21_600.0, help="Seconds to follow the run.")
@reaches("sync", codes=OF_RUNS)
def watch_run(connection: Connection, *, run_id: str, timeout: float, as_json: bool) -> None:
    """Follows a run to its end."""
    ended = follow(connection, run_id, seconds=timeout)
    _answer(ended, as_json=as_json)
    sys.exit(worst([ended]))


@runs.command("diff")
@click.argument("run_id")
@reaches("sync")
def diff_run(connection: Connection, *, run_id: str, as_json: bool) -> None:
    """Shows what a dry run has found, row by row; with --json a line for each."""
    if not as_json:
        tell_diff(connection, run_id)
        return
    for one in connection.pages(f"runs/{run_id}/diff"):
        click.echo(json.dumps(one))


@click.group()
def state() -> None:
    """How far the runs of a pipeline have come."""


@state.command("show")
@click.argument("name")
@reaches("sync")
def show_state(connection: Connection, *, name: str, as_json: bool) -> None:
    """Shows watermark, last runs and checkpoint."""
    _lines(connection.get(f"pipelines/{name}/state"), as_json=as_json)


@state.command("reset")
@click.argument("name")
@click.option("--watermark", help="The one to set.  [default: none, so that all is read again]")
@reaches("sync")
def reset_state(connection: Connection, *, name: str, watermark: str | None, as_json: bool) -> None:
    """Forgets the watermark, or sets it."""
    answer = connection.call("POST", f"pipelines/{name}/state/reset", json={"watermark": watermark}).json()
    _lines(answer, as_json=as_json)


def _answer(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        click.echo(line(found))


def _lines(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for key, value in found.items():
        click.echo(f"{key}: {value if value is not None else '-'}")
