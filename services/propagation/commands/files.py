"""Commands for CSV files."""

import sys
from pathlib import Path
from typing import Any

import rich_click as click

from services.propagation.commands.changing import RUNNING, TIMEOUT
from services.propagation.commands.naming import field_id, rule_id, string_id
from shared.connection import FAILED, FINDINGS, OK, Connection, fail, note, print_json, reaches

SHOWN = 50


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", metavar="NAME", required=True, help="The rule that makes the names.")
@click.option("--apply", "is_real", is_flag=True, help="Imports; otherwise only tells what would happen.")
@click.option("--error-handling", type=click.Choice(["continue", "stop", "rollback"]), help="What a refused row means.")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def import_file(
    connection: Connection,
    *,
    file: Path,
    rule: str,
    is_real: bool,
    error_handling: str | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Imports strings from CSV as one run. Exit code 3 if rows are refused, 1 if therefore nothing was imported."""
    form = {"rule": str(rule_id(connection, rule)), "dry_run": str(not is_real).lower()}
    form |= {"error_handling": error_handling} if error_handling else {}
    with file.open("rb") as content:
        sent = {"file": (file.name, content, "text/csv")}
        response = connection.call("POST", "imports", data=form, files=sent, accepts=(409,))
    found = response.json()
    if "summary" not in found:
        fail(found["detail"])
    refused = [row for row in found["rows"] if row["outcome"] == "refused"]
    if found["job_id"] is not None:
        if response.status_code == 202:
            connection.follow(found["job_id"], seconds=timeout)
        found = connection.get(f"imports/{found['job_id']}")
        refused = list(connection.pages(f"imports/{found['job_id']}/rows", outcome="refused"))
    _tell(found, refused, as_json=as_json)
    if found["summary"]["status"] in ("failed", "cancelled"):
        sys.exit(FAILED)
    sys.exit(FINDINGS if refused or found["summary"]["skipped"] else OK)


def _tell(found: dict[str, Any], refused: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"job_id": found["job_id"], "dry_run": found["dry_run"], "summary": found["summary"], "refused": refused}
        )
        return
    for row in refused[:SHOWN]:
        for fault in row["faults"]:
            click.echo(f"line {row['line']}, {fault['column'] or 'row'}: {fault['message']} ({fault['code']})")
    if len(refused) > SHOWN:
        click.echo(f"… {len(refused) - SHOWN} more rows are refused")
    counts = ", ".join(f"{number} {name}" for name, number in found["summary"].items() if name != "status")
    click.echo(f"{'would be: ' if found['dry_run'] else ''}{counts}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), default="-")
@click.option("--rule", multiple=True, metavar="NAME", help="Only strings of this rule; may be repeated.")
@click.option("--field", multiple=True, metavar="NAME", help="Only strings of this field; may be repeated.")
@click.option("--parent", metavar="STRING", help="Only the children of this string.")
@click.option("--stale", is_flag=True, help="Only stale strings.")
@reaches("propagation")
def export(
    connection: Connection,
    *,
    file: Path,
    rule: tuple[str, ...],
    field: tuple[str, ...],
    parent: str | None,
    stale: bool,
    as_json: bool,
) -> None:
    """Writes strings as CSV to FILE, or to standard output; the columns are those of an import."""
    filters: dict[str, Any] = {
        "rule": [rule_id(connection, each) for each in rule],
        "field": [field_id(connection, each) for each in field],
        "parent": string_id(connection, parent) if parent else None,
        "stale": "true" if stale else None,
    }
    pieces = connection.stream("strings", format="csv", **filters)
    if str(file) == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        return
    size = 0
    with file.open("wb") as out:
        for piece in pieces:
            size += out.write(piece)
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        note(f"{size} bytes in {file}")
