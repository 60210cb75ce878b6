"""Runs asked for and followed to their end; the exit code says how they ended."""

import json
import sys
from typing import Any

import rich_click as click

from shared.connection import (
    FAILED,
    FINDINGS,
    LATE,
    OK,
    UNREACHABLE,
    USAGE,
    Connection,
    fail,
    print_json,
    reaches,
)

CODES = {"completed": OK, "completed_with_errors": FINDINGS, "failed": FAILED, "cancelled": FAILED, "skipped": FAILED}
ENDED = tuple(CODES)
STATUSES = ("pending", "running", *ENDED)
OF_RUNS = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE, LATE)
_REFUSED = (404, 409, 422)
# Refusals for which what was asked for is right; the others say that the command was wrong.
_IN_THE_WAY = ("run_in_progress", "run_not_resumable", "configuration_changed", "checkpoint_too_old")
COUNTERS = ("extracted", "created", "updated", "unchanged", "skipped", "duplicates", "errors", "parked", "conflicts")


class Filters(click.ParamType[dict[str, Any]]):
    """A JSON object."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            found = json.loads(value)
        except ValueError:
            self.fail("this is no JSON", param, ctx)
        if not isinstance(found, dict):
            self.fail("this is no JSON object", param, ctx)
        return found


def wishes(command: Any) -> Any:
    """What `run` and `plan` may say of a run."""
    options = (
        click.option("--full", is_flag=True, help="Reads everything."),
        click.option("--since", metavar="TIME", help="Rows changed from this date or time on."),
        click.option("--until", metavar="TIME", help="Rows changed up to this date or time."),
        click.option("--days", type=click.IntRange(0), help="Rows changed in so many days before today, and today."),
        click.option("--top", type=click.IntRange(1), help="So many rows at most."),
        click.option("--filters", type=Filters(), help="Field to value, list, or operator and value."),
        click.option("--batch-size", type=click.IntRange(0), help="Rows of a commit; 0 makes the run one batch."),
        click.option("--no-update", is_flag=True, help="Leaves existing rows alone."),
        click.option("--timeout", type=click.FloatRange(0), default=21_600.0, help="Seconds to follow the run."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def body_of(wished: dict[str, Any]) -> dict[str, Any]:
    body = {name: wished[name] for name in ("since", "until", "days", "top", "filters", "batch_size")}
    body |= {"mode": "full" if wished["full"] else None}
    body |= {"update_existing": False if wished["no_update"] else None, "trigger": "cli"}
    return {name: value for name, value in body.items() if value is not None}


@click.command()
@click.argument("name", required=False)
@click.option("--entity", help="Of the one active pipeline that loads it.")
@click.option("--group", help="Of every active pipeline of a group.")
@click.option("--all", "everything", is_flag=True, help="Of every active pipeline.")
@click.option("--resume", metavar="RUN", help="Goes on with a run that failed or was cancelled.")
@click.option("--dry-run", is_flag=True, help="Writes nothing.")
@click.option("--join", is_flag=True, help="Follows the run that goes on, if there is one.")
@click.option("--detach", is_flag=True, help="Does not wait for the end.")
@wishes
@reaches("sync", codes=OF_RUNS)
def run(connection: Connection, *, name: str | None, as_json: bool, **wished: Any) -> None:
    """Runs a pipeline and waits for its end."""
    ways = {
        "NAME": (f"pipelines/{name}/runs", name),
        "--entity": (f"entities/{wished['entity']}/runs", wished["entity"]),
        "--group": (f"groups/{wished['group']}/runs", wished["group"]),
        "--all": ("runs", wished["everything"]),
        "--resume": (f"runs/{wished['resume']}/resume", wished["resume"]),
    }
    chosen = [(path, option) for option, (path, said) in ways.items() if said]
    if len(chosen) != 1:
        raise click.UsageError("Name a pipeline, or one of --entity, --group, --all, --resume.")
    body = body_of(wished) | ({"dry_run": True} if wished["dry_run"] else {})
    body |= {"if_running": "join"} if wished["join"] else {}
    body |= {"all": True} if wished["everything"] else {}
    asked = _ask(connection, *chosen[0], None if wished["resume"] else body)
    started = asked.get("results", [asked])
    if wished["detach"]:
        _tell(started, as_json=as_json)
        return
    ended = [follow(connection, one["id"], seconds=wished["timeout"]) for one in started]
    _tell(ended, as_json=as_json)
    sys.exit(worst(ended))


@click.command()
@click.argument("name")
@wishes
@reaches("sync", codes=OF_RUNS)
def plan(connection: Connection, *, name: str, as_json: bool, **wished: Any) -> None:
    """Shows what a run would do, row by row; the exit code is 3 if it would do something."""
    asked = _ask(connection, f"pipelines/{name}/runs", "NAME", body_of(wished) | {"dry_run": True})
    ended = follow(connection, asked["id"], seconds=wished["timeout"])
    if as_json:
        print_json(ended)
    else:
        tell_diff(connection, ended["id"])
        click.echo(line(ended))
    code = worst([ended])
    sys.exit(FINDINGS if code == OK and ended["diff"] else code)


def tell_diff(connection: Connection, run_id: str) -> None:
    for one in connection.pages(f"runs/{run_id}/diff"):
        changes = ", ".join(f"{field}: {old!r} → {new!r}" for field, (old, new) in one["fields"].items())
        click.echo(f"{one['action']} {one['key']}  {changes}")


def _ask(connection: Connection, path: str, option: str, body: dict[str, Any] | None) -> dict[str, Any]:
    """`option` is what has chosen the runs, and is named where it means none."""
    answer = connection.call("POST", path, json=body or {}, accepts=_REFUSED)
    if answer.is_error:
        problem = answer.json()
        if problem["code"] in _IN_THE_WAY:
            fail(problem["detail"])
        wrong = "; ".join(
            f"--{one['pointer'].strip('/').replace('_', '-')}: {one['detail']}" for one in problem["errors"]
        )
        fail(wrong or f"{option}: {problem['detail']}", code=USAGE)
    found: dict[str, Any] = answer.json()
    return found


def follow(connection: Connection, run_id: str, *, seconds: float) -> dict[str, Any]:
    """The run when it has ended; with `--local` it is done here."""
    return connection.follow(run_id, seconds=seconds, among="runs", ended=ENDED, say=_far)


def _far(run: dict[str, Any]) -> str:
    return f"{run['pipeline']}: {run['status']}, {run['stats'].get('extracted', 0)} rows"


def worst(ended: list[dict[str, Any]]) -> int:
    """Failed before findings before all is well."""
    codes = {CODES[one["status"]] for one in ended}
    return next((code for code in (FAILED, FINDINGS) if code in codes), OK)


def _tell(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(found[0] if len(found) == 1 else found)
        return
    for one in found:
        click.echo(line(one))


def line(found: dict[str, Any]) -> str:
    """A run in one line."""
    counts = ", ".join(f"{found['stats'][name]} {name}" for name in COUNTERS if found["stats"].get(name))
    seconds = "" if found["duration_seconds"] is None else f" in {found['duration_seconds']:.1f} s"
    why = found["skip_reason"] or (found["error"] or {}).get("message") or ""
    return f"{found['pipeline']}: {found['status']}{seconds}  {counts or 'no rows'}{'  ' + why if why else ''}"
