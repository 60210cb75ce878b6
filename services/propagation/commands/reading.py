"""Commands that read names: where the parts of one come from, what a rule makes of values, what a file of them says."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rich_click as click

from services.propagation.commands.changing import RUNNING, TIMEOUT, end, values_of
from services.propagation.commands.looking import WITH_FINDINGS
from services.propagation.commands.naming import field_id, rule_id, string_id
from shared.connection import FINDINGS, OK, Connection, print_json, reaches

SHOWN = 50


@click.command()
@click.argument("string")
@reaches("propagation")
def explain(connection: Connection, *, string: str, as_json: bool) -> None:
    """Shows where each part of a name comes from, and the rule that lets it through or stops it."""
    found = connection.get(f"strings/{string_id(connection, string)}/explain")
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['value']}  #{found['id']}")
    for part in found["parts"]:
        source = part["source_string"]
        above = f" from {source['value']}  #{source['id']}" if source else ""
        click.echo(
            f"  {part['dimension_name']}: {part['text'] or '-'}  {part['origin']}{above}, {part['rule']['name']}"
        )
        if part["note"]:
            click.echo(f"    {part['note']}")
    if found["problem"]:
        click.echo(f"  {found['problem']['message']}")


@click.command()
@click.argument("values", nargs=-1, metavar="DIMENSION=VALUE...")
@click.option("--rule", required=True, help="Name or id of the rule.")
@click.option("--field", required=True, help="Name or id of the field.")
@reaches("propagation", codes=WITH_FINDINGS)
def simulate(connection: Connection, *, values: tuple[str, ...], rule: str, field: str, as_json: bool) -> None:
    """Shows the name that values would get by a rule. Exit code 3 if there is a problem."""
    body = {"field": field_id(connection, field), "values": values_of(values)}
    made = connection.call("POST", f"rules/{rule_id(connection, rule)}/simulate", json=body).json()
    if as_json:
        print_json(made)
    else:
        lines = [made["value"]] if made["value"] is not None else []
        click.echo("\n".join([*lines, *(problem["message"] for problem in made["problems"])]))
    sys.exit(FINDINGS if made["problems"] else OK)


@click.command("check-names")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", help="Name or id of the rule of rows that name none.")
@TIMEOUT
@reaches("propagation", codes=RUNNING)
def check_names(connection: Connection, *, file: Path, rule: str | None, timeout: float, as_json: bool) -> None:
    """Reads the names of a CSV file back by their rules (columns value, field, rule, parent). Exit code 3 if one is not
    valid."""
    chosen = {} if rule is None else {"rule": rule_id(connection, rule)}
    with file.open("rb") as content:
        sent = {"file": (file.name, content, "text/csv")}
        response = connection.call("POST", "names/check", params=chosen, files=sent)
    found = response.json()
    if response.status_code == 202:
        job = connection.follow(found["id"], seconds=timeout)
        if job["status"] != "completed":
            end(job, as_json=as_json, noun="names read")
        found = job["metadata"]["names"] | {"results": list(connection.pages(f"jobs/{job['id']}/names"))}
    wrong = [row for row in found["results"] if not row["valid"]]
    if as_json:
        print_json(found)
    else:
        _tell(wrong, total=found["total"])
    sys.exit(FINDINGS if wrong else OK)


def _tell(wrong: list[dict[str, Any]], *, total: int) -> None:
    for row in wrong[:SHOWN]:
        click.echo(f"row {row['row']}, {row['value']}: {' '.join(_messages(row))}")
    if len(wrong) > SHOWN:
        click.echo(f"… {len(wrong) - SHOWN} more")
    click.echo(f"{total} names, {len(wrong)} of them not valid")


def _messages(row: dict[str, Any]) -> Iterable[str]:
    return (note["message"] for kind in ("reasons", "errors") for note in row[kind])
