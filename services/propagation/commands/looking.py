"""Commands that only look: a part of the tree, the check of stored names, what runs did between two dates."""

import sys
from datetime import datetime
from typing import Any

import rich_click as click

from services.propagation.commands.naming import rule_id, string_id
from shared.connection import (
    FAILED,
    FINDINGS,
    OK,
    UNREACHABLE,
    USAGE,
    Connection,
    print_json,
    reaches,
)

WITH_FINDINGS = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE)


@click.command()
@click.argument("string")
@click.option("--depth", type=click.IntRange(1, 50), default=3, show_default=True, help="Levels below the string.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="Most strings that are shown.")
@reaches("propagation")
def tree(connection: Connection, *, string: str, depth: int, limit: int, as_json: bool) -> None:
    """Shows a string and what stands below it."""
    top = connection.get(f"strings/{string_id(connection, string)}")
    rows: list[dict[str, Any]] = []
    # Level by level, so that what is cut off are the lowest ones.
    for row in connection.pages(f"strings/{top['id']}/descendants", max_depth=depth):
        if len(rows) == limit:
            break
        rows.append(row)
    more = len(rows) == limit and not _is_all(connection, top["id"], depth, limit)
    if as_json:
        print_json({"string": top, "descendants": rows, "truncated": more})
        return
    click.echo(_line(top))
    for row in sorted(rows, key=lambda row: [*row["path"]]):
        click.echo("  " * row["level"] + _line(row))
    if more:
        click.echo(f"… more than {limit} strings; see --limit and --depth")


def _is_all(connection: Connection, top: int, depth: int, limit: int) -> bool:
    page = connection.get(f"strings/{top}/descendants", max_depth=depth, limit=1, count="exact")
    return int(page["count"]) <= limit


def _line(row: dict[str, Any]) -> str:
    mark = click.style(f"  stale: {row['stale_reason']}", fg="yellow") if row["stale"] else ""
    return f"{row['value']}  #{row['id']}{mark}"


@click.command()
@click.argument("strings", nargs=-1)
@click.option("--rule", metavar="NAME", help="All strings of this rule.  [default: of every rule]")
@reaches("propagation", codes=WITH_FINDINGS)
def check(connection: Connection, *, strings: tuple[str, ...], rule: str | None, as_json: bool) -> None:
    """Compares every stored name with what its details give."""
    if strings and rule is not None:
        raise click.UsageError("Name strings or a rule, not both.")
    ids = tuple(string_id(connection, each) for each in strings)
    found = checked(connection, string_ids=ids, rule=rule_id(connection, rule) if rule else None)
    if as_json:
        print_json(found)
    else:
        for kind in ("errors", "warnings"):
            for problem in found[kind]:
                click.echo(f"{kind[:-1]}: string {problem['string_id']}: {problem['message']}")
        counts = f"{found['error_count']} errors, {found['warning_count']} warnings"
        click.echo(f"{found['checked']} strings checked, {counts}")
    sys.exit(FINDINGS if found["error_count"] else OK)


def checked(connection: Connection, *, string_ids: tuple[int, ...] = (), rule: int | None = None) -> dict[str, Any]:
    """What is found in these strings, of a rule, or of all rules; the lists of each call together."""
    if string_ids:
        bodies = [{"string_ids": list(string_ids[n : n + 1000])} for n in range(0, len(string_ids), 1000)]
        return _together([connection.call("POST", "strings/check", json=body).json() for body in bodies])
    rules = [rule] if rule is not None else [row["id"] for row in connection.pages("rules")]
    return _together([report for each in rules for report in _of_rule(connection, each)])


def _of_rule(connection: Connection, rule: int) -> list[dict[str, Any]]:
    reports: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        reports.append(connection.call("POST", "strings/check", json={"rule": rule, "after": after}).json())
        after = reports[-1]["next"]
    return reports


def _together(reports: list[dict[str, Any]]) -> dict[str, Any]:
    sums = {name: sum(report[name] for report in reports) for name in ("checked", "error_count", "warning_count")}
    return sums | {name: [row for report in reports for row in report[name]] for name in ("errors", "warnings")}


@click.command()
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Begin, UTC.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="End, UTC; not included.")
@reaches("propagation")
def report(connection: Connection, *, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Runs, strings and errors between two dates."""
    found = connection.get("jobs/report", created_after=_utc(since), created_before=_utc(until))
    if as_json:
        print_json(found)
        return
    click.echo(f"runs: {found['jobs']['total']}")
    for name, number in found["jobs"]["by_status"].items():
        click.echo(f"  {name}: {number}")
    click.echo(f"strings: {', '.join(f'{number} {name}' for name, number in found['strings'].items())}")
    click.echo(f"errors: {found['errors']['total']}, {found['errors']['unresolved']} of them unresolved")
    for name, number in found["errors"]["by_type"].items():
        click.echo(f"  {name}: {number}")


def _utc(time: datetime | None) -> str | None:
    return None if time is None else f"{time.isoformat()}Z"
