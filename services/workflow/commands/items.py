"""Items found, looked into and moved, one or many."""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import rich_click as click

from shared.connection import (
    CODE_OF_JOB,
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

KINDS = ("work-orders", "tasks", "attendance", "tickets", "approvals")
_WITH_FINDINGS = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE)
_SHOWN = 20
_KIND = click.argument("kind", type=click.Choice(KINDS))
_ITEM = click.argument("item")  # its number, title or id
# What the search calls the kinds that it finds.
_SEARCHED = {"work-orders": ["work_order"], "tasks": ["task", "tour"], "tickets": ["ticket"]}
_COMMENTS = click.option("--comments", default="", help="Why; goes into the records.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Tells what would happen, and changes nothing.")


@click.command()
@click.argument("query")
@click.option("--entity", "entities", multiple=True, help="Only of this kind (ticket, task …); may be repeated.")
@click.option("--limit", type=click.IntRange(1, 50), default=20, show_default=True)
@click.option("--exact", is_flag=True, help="Does not look for misspelt words.")
@reaches("workflow")
def search(
    connection: Connection, *, query: str, entities: tuple[str, ...], limit: int, exact: bool, as_json: bool
) -> None:
    """Finds items by their words, misspelt ones too; the best first."""
    body = {"query": query, "entities": list(entities), "limit": limit, "fuzzy": not exact}
    found = connection.call("POST", "search", json=body).json()
    if as_json:
        print_json(found)
        return
    for row in found["results"]:
        state = (row["metadata"] or {}).get("state") or ""
        click.echo(f"{row['entity']} {row['id']}  {state}  {row['title']}")
    about = "about " if found["total_is_estimated"] else ""
    click.echo(f"{about}{found['total_results']} found", err=True)


@click.command()
@_KIND
@_ITEM
@reaches("workflow")
def history(connection: Connection, *, kind: str, item: str, as_json: bool) -> None:
    """Tells the story of an item: transitions, assignments, entries, the newest first."""
    found = list(connection.pages(f"{kind}/{_item_id(connection, kind, item)}/history"))
    if as_json:
        print_json(found)
        return
    for entry in found:
        data, text = entry["data"], entry["text"] or ""
        moved = f"{data['from_state'] or '-'} → {data['to_state']}" if "to_state" in data else ""
        told = "  ".join(part for part in (entry["kind"], moved, text) if part)
        click.echo(f"{entry['created_at']:.19}  {entry['actor'] or '-'}  {told}")


@click.command()
@_KIND
@_ITEM
@click.argument("state", required=False)
@_COMMENTS
@click.option("--version", type=click.IntRange(0), help="The version that was read; refused if it is another by now.")
@_DRY_RUN
@reaches("workflow", codes=_WITH_FINDINGS)
def transition(
    connection: Connection,
    *,
    kind: str,
    item: str,
    state: str | None,
    comments: str,
    version: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Moves an item to a state; without one, lists the states that it can go to, and what bars the others."""
    item_id = _item_id(connection, kind, item)
    if state is None:
        _show_options(connection.get(f"{kind}/{item_id}/transitions"), as_json=as_json)
        return
    body = {"target_state": state, "comments": comments, "dry_run": dry_run}
    body |= {} if version is None else {"version": version}
    answer = connection.call("POST", f"{kind}/{item_id}/transition", json=body).json()
    if as_json:
        print_json(answer)
    else:
        would = "would go" if dry_run else "went"
        told = f"{would} from {answer['from_state']} to {answer['to_state']}" if answer["success"] else "stays"
        click.echo(f"{kind} {item_id} {told}")
        for one in answer["errors"]:
            click.echo(f"  {one['code']}: {one['detail']}", err=True)
    sys.exit(OK if answer["success"] else FINDINGS)


def _item_id(connection: Connection, kind: str, given: str) -> int:
    found: int = connection.pick(kind.removesuffix("s"), given, _near(connection, kind, given), "title", "subtitle")
    return found


def _near(connection: Connection, kind: str, given: str) -> Iterator[dict[str, Any]]:
    """What the search finds; a subtitle is a number. Attendance is looked for by id alone, approvals as they were
    asked for."""
    if kind == "approvals":
        for row in connection.get("approvals", external_ref=given)["results"]:
            yield row | {"subtitle": row["external_ref"]}
    elif kind in _SEARCHED:
        body = {"query": given, "entities": _SEARCHED[kind], "limit": _SHOWN}
        yield from connection.call("POST", "search", json=body).json()["results"]


def _show_options(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    click.echo(f"now {found['state']}")
    for one in found["available"]:
        needed = f"  (needs {', '.join(one['required_fields'])})" if one["required_fields"] else ""
        click.echo(f"  {one['verb']} → {one['target']}{needed}")
    for one in found["blocked"]:
        click.echo(f"  {one['verb']} → {one['target']} is barred: {'; '.join(r['detail'] for r in one['reasons'])}")


@click.command()
@_KIND
@click.argument("operation")
@click.option("--id", "ids", multiple=True, help="Number, title or id of an item; may be repeated.")
@click.option("--where", multiple=True, metavar="FILTER=VALUE", help="All items that the list's filters find.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", help="What the operation takes, or changes.")
@_COMMENTS
@click.option("--keep-going", is_flag=True, help="Does what can be done; without it, all or nothing.")
@_DRY_RUN
@click.option("--yes", is_flag=True, help="Does not ask before it changes what a filter finds.")
@click.option("--timeout", type=click.FloatRange(0), default=600.0, show_default=True, help="Seconds to follow a job.")
@reaches("workflow", codes=(*_WITH_FINDINGS, LATE))
def bulk(
    connection: Connection,
    *,
    kind: str,
    operation: str,
    ids: tuple[str, ...],
    where: tuple[str, ...],
    values: tuple[str, ...],
    comments: str,
    keep_going: bool,
    dry_run: bool,
    yes: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Does one thing with many items: transition, assign, update, approve, lock and the like."""
    if bool(ids) == bool(where):
        raise click.UsageError("Name items with --id, or find them with --where.")
    body: dict[str, Any] = (
        {"ids": [_item_id(connection, kind, each) for each in ids]} if ids else {"where": _several(where)}
    )
    body |= {"comments": comments, "dry_run": dry_run, "rollback_on_error": not keep_going}
    given = {name: listed[-1] for name, listed in _several(values).items()}
    body |= {"update_data": given} if operation == "update" else given
    if where and not (dry_run or yes):
        click.confirm(f"{operation} all {kind} with {' '.join(where)}?", abort=True, err=True)
    answer = connection.call("POST", f"{kind}/bulk/{operation}", json=body, accepts=(409,))
    if answer.status_code == 202:
        _end_job(connection, answer.json()["id"], seconds=timeout, as_json=as_json)
    found = answer.json()
    if "items" not in found:
        fail(found["detail"])
    if as_json:
        print_json(found)
    else:
        _show_outcome(found)
    sys.exit(OK if not found["failed_items"] else FINDINGS)


def _several(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise click.UsageError(f"{pair!r} is not NAME=VALUE.")
        found.setdefault(name, []).append(value)
    return found


def _show_outcome(found: dict[str, Any]) -> None:
    counted = Counter(item["status"] for item in found["items"])
    click.echo(f"{found['operation_type']}: " + ", ".join(f"{count} {status}" for status, count in counted.items()))
    failed = [item for item in found["items"] if item["code"]]
    for item in failed[:_SHOWN]:
        click.echo(f"  {item['id']}: {item['code']}: {item['detail']}", err=True)
    if len(failed) > _SHOWN:
        click.echo(f"  … {len(failed) - _SHOWN} more", err=True)


def _end_job(connection: Connection, job_id: str, *, seconds: float, as_json: bool) -> None:
    job = connection.follow(job_id, seconds=seconds)
    if as_json:
        print_json(job)
    else:
        click.echo(f"{job['status']}: {job['processed']} done, {job['failed']} failed of {job['total']}")
    sys.exit(CODE_OF_JOB[job["status"]])
