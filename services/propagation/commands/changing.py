"""Commands that change names, and look first."""

import sys
from typing import Any

import rich_click as click

from services.propagation.commands.looking import WITH_FINDINGS, checked
from services.propagation.commands.naming import rule_id, string_id
from shared.connection import (
    CODE_OF_JOB,
    FINDINGS,
    LATE,
    OK,
    Connection,
    fail,
    note,
    print_json,
    reaches,
)

RUNNING = (*WITH_FINDINGS, LATE)
SHOWN = 20
_STRING = click.argument("string")  # its value or id
_CHANGES = click.argument("changes", nargs=-1, required=True, metavar="DIMENSION=VALUE...")
_DEPTH = click.option("--depth", type=click.IntRange(1, 50), help="Levels that may change, the string being the first.")
TIMEOUT = click.option("--timeout", type=float, default=600, show_default=True, help="Seconds to wait for a worker.")


@click.command()
@_STRING
@_CHANGES
@_DEPTH
@reaches("propagation", codes=WITH_FINDINGS)
def preview(connection: Connection, *, string: str, changes: tuple[str, ...], depth: int | None, as_json: bool) -> None:
    """Shows what a change would do; an empty VALUE empties the detail. Exit code 3 if something stands in its way."""
    found = _dry_run(connection, string_id(connection, string), changes, depth)
    if as_json:
        print_json(found)
    else:
        _show(found)
    sys.exit(FINDINGS if found["failed_updates"] or found["impact_analysis"]["summary"]["failed"] else OK)


@click.command()
@_STRING
@_CHANGES
@_DEPTH
@click.option("--error-handling", type=click.Choice(["continue", "stop", "rollback"]), help="What a failure means.")
@click.option("--yes", is_flag=True, help="Does not ask.")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def apply(
    connection: Connection,
    *,
    string: str,
    changes: tuple[str, ...],
    depth: int | None,
    error_handling: str | None,
    yes: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Changes a string and what follows from it: exactly what the preview shows, or nothing."""
    options: dict[str, Any] = {"error_handling": error_handling} if error_handling else {}
    top = string_id(connection, string)
    found = _dry_run(connection, top, changes, depth, **options)
    if not yes:
        _show(found, err=True)
        click.confirm("Apply this?", abort=True, err=True)
    body = _body(top, changes, depth, **options, confirm_token=found["impact_analysis"]["confirm_token"])
    answer = connection.call("PUT", "strings/batch_update", json=body, accepts=(409,)).json()
    if "summary" not in answer:
        fail(answer["detail"])
    job = connection.follow(answer["job_id"], seconds=timeout)
    end(job, as_json=as_json)


def _body(top: int, changes: tuple[str, ...], depth: int | None, **options: Any) -> dict[str, Any]:
    if depth is not None:
        options["max_depth"] = depth
    return {"updates": [{"string_id": top, "values": values_of(changes)}], "options": options}


def values_of(changes: tuple[str, ...]) -> dict[str, str | None]:
    """Values by dimension; an empty one empties the detail. Raises UsageError."""
    values: dict[str, str | None] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not (name and equals):
            raise click.UsageError(f"A change is DIMENSION=VALUE, not {change!r}.")
        values[name] = value or None
    return values


def _dry_run(
    connection: Connection, top: int, changes: tuple[str, ...], depth: int | None, **options: Any
) -> dict[str, Any]:
    body = _body(top, changes, depth, **options, dry_run=True)
    answer: dict[str, Any] = connection.call("PUT", "strings/batch_update", json=body).json()
    return answer


def _show(found: dict[str, Any], *, err: bool = False) -> None:
    impact = found["impact_analysis"]
    counts = impact["summary"]
    for row in impact["affected_strings"][:SHOWN]:
        click.echo(f"{'  ' * row['level']}{row['string_value']}  →  {row['new_value']}", err=err)
    if counts["total_affected"] > SHOWN:
        click.echo(f"… {counts['total_affected'] - SHOWN} more", err=err)
    for problem in (*impact["conflicts"], *impact["warnings"]):
        click.echo(f"{problem['severity']}: {problem['message']}", err=err)
    click.echo(
        f"{counts['total_affected']} strings change, {counts['failed']} fail, {counts['skipped']} are skipped;"
        f" about {counts['estimated_duration']}",
        err=err,
    )


@click.command()
@click.option("--stale", "what", flag_value="stale", default=True, help="Names that are known to be behind (default).")
@click.option("--all", "what", flag_value="all", help="All names that are not what their details give.")
@click.option("--rule", metavar="NAME", help="Those of one rule.")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def regenerate(connection: Connection, *, what: str, rule: str | None, timeout: float, as_json: bool) -> None:
    """Makes names again that are behind their details, and sends down what is pending."""
    if what == "all" or rule is not None:
        problems = checked(connection, rule=rule_id(connection, rule) if rule else None)
        behind = [row["string_id"] for row in (*problems["errors"], *problems["warnings"]) if row["type"] in _BEHIND]
    else:
        stale = connection.pages("strings", stale="true")
        behind = [source for row in stale for source in row["stale_sources"]]
    results = [_propagate(connection, each, timeout) for each in dict.fromkeys(behind)]
    failed = [row for row in results if row["status"] not in ("completed", "unchanged")]
    if as_json:
        print_json({"regenerated": results, "failed": len(failed)})
    else:
        for row in failed:
            click.echo(f"string {row['string_id']}: {row['status']}")
        click.echo(f"{len(results)} strings regenerated, {len(failed)} of them not in full")
    sys.exit(FINDINGS if failed else OK)


_BEHIND = ("value_mismatch", "stale")


def _propagate(connection: Connection, top: int, timeout: float) -> dict[str, Any]:
    response = connection.call("POST", f"strings/{top}/propagate", json={}, accepts=(404, 409, 422))
    if response.is_error:
        return {"string_id": top, "job_id": None, "status": response.json()["code"]}
    summary = response.json()["propagation_summary"]
    status, job_id = summary["status"], summary["job_id"]
    if response.status_code == 202:
        status = connection.follow(job_id, seconds=timeout)["status"]
    return {"string_id": top, "job_id": job_id, "status": status}


@click.command()
@click.argument("job")
@click.option("--dry-run", is_flag=True, help="Only shows what would be taken back.")
@click.option("--error-handling", type=click.Choice(["continue", "stop", "rollback"]), help="What a failure means.")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def undo(
    connection: Connection, *, job: str, dry_run: bool, error_handling: str | None, timeout: float, as_json: bool
) -> None:
    """Takes a run back, except of strings that were changed since."""
    body = {"dry_run": dry_run} | ({"error_handling": error_handling} if error_handling else {})
    answer = connection.call("POST", f"jobs/{job}/undo", json=body).json()
    if not dry_run:
        end(connection.follow(answer["id"], seconds=timeout), as_json=as_json)
    elif as_json:
        print_json(answer)
    else:
        _show(answer)


@click.command("retry-errors")
@click.option("--job", help="Only errors of this run.")
@click.option("--type", "error_type", help="Only errors of this type.")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def retry_errors(
    connection: Connection, *, job: str | None, error_type: str | None, timeout: float, as_json: bool
) -> None:
    """Tries errors again that can be tried again."""
    errors = connection.pages("errors", resolved="false", is_retryable="true", job=job, error_type=error_type)
    results = [_retry(connection, error["id"], timeout) for error in list(errors)]
    left = [row for row in results if not row["resolved"]]
    if as_json:
        print_json({"retried": results, "unresolved": len(left)})
    else:
        for row in left:
            click.echo(f"error {row['error_id']}: {row['message']}")
        click.echo(f"{len(results)} errors tried again, {len(left)} of them are still there")
    sys.exit(FINDINGS if left else OK)


def _retry(connection: Connection, error_id: int, timeout: float) -> dict[str, Any]:
    response = connection.call("POST", f"errors/{error_id}/retry", json={}, accepts=(404, 409, 422))
    answer = response.json()
    if response.status_code == 202:
        connection.follow(answer["job_id"], seconds=timeout)
    if response.is_error:
        return {"error_id": error_id, "resolved": False, "message": answer.get("detail", "refused")}
    error = connection.get(f"errors/{error_id}")
    return {"error_id": error_id, "resolved": error["resolved"], "message": answer["message"]}


@click.command()
@click.option("--days", type=click.IntRange(0), help="Runs that ended longer ago.  [default: the service's setting]")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def cleanup(connection: Connection, *, days: int | None, timeout: float, as_json: bool) -> None:
    """Forgets old runs with their changes and errors; histories and audit rows stay."""
    body = {} if days is None else {"days": days}
    job = connection.follow(connection.call("POST", "jobs/cleanup", json=body).json()["id"], seconds=timeout)
    end(job, as_json=as_json, noun="runs forgotten")


def end(job: dict[str, Any], *, as_json: bool, noun: str = "strings changed") -> None:
    """Shows how a job ended, by an exit code as well."""
    if as_json:
        print_json(job)
    else:
        click.echo(
            f"{job['status']}: {job['processed_strings']} {noun}, {job['failed_strings']} failed; run {job['id']}"
        )
        if job["error_message"]:
            note(job["error_message"])
    sys.exit(CODE_OF_JOB[job["status"]])
