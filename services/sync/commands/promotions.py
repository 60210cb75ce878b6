"""Promotions: compiled, and the settings that say which of them stores get."""

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

ENDINGS = (OK, FAILED, USAGE, FINDINGS, UNREACHABLE)
_VALUES = click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
_STORE = click.option("--store-id", metavar="STORE", help="As they count for one store, by its code or id.")


@click.command("compile")
@click.option("--promotion-id", metavar="PROMOTION", help="One promotion, by its code or id.")
@click.option("--store-id", metavar="STORE", help="What a full sync of one store, by its code or id, delivers.")
@click.option("--all", "is_all", is_flag=True, help="All promotions that are not deleted.")
@click.option("--company", "is_company", is_flag=True, help="What each active store gets.")
@click.option("--pretty", is_flag=True, help="Shows what was compiled, not only how much.")
@click.option("--timeout", type=float, default=600, show_default=True, help="Seconds to wait for a worker.")
@reaches("sync", codes=(*ENDINGS, LATE))
def compile_promotions(
    connection: Connection,
    *,
    promotion_id: str | None,
    store_id: str | None,
    is_all: bool,
    is_company: bool,
    pretty: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Compiles promotions and tells how many there are. Exit code 3 if something is wrong with any of them."""
    if sum(map(bool, (promotion_id, store_id, is_all, is_company))) != 1:
        raise click.UsageError("Name one of --promotion-id, --store-id, --all and --company.")
    if promotion_id:
        one = connection.pick("--promotion-id", promotion_id, connection.pages("promotions", q=promotion_id), "code")
        found = _compiled(connection, f"promotions/{one}/compile", option="--promotion-id")
    elif store_id:
        found = _compiled(connection, f"stores/{_store(connection, store_id)}/compile", option="--store-id")
    elif is_all:
        found = _compiled(connection, "promotions/compile", option="--all")
    else:
        found = _company(connection, seconds=timeout)
    if as_json or pretty:
        print_json(found)
    else:
        click.echo(_statistics(found))
    for error in found["errors"]:
        click.echo(f"{error['promotion_code']}: {error['code']}: {error['error']}", err=True)
    sys.exit(FINDINGS if found["errors"] else OK)


def _compiled(connection: Connection, path: str, *, option: str) -> dict[str, Any]:
    response = connection.call("POST", path, json={}, accepts=(400, 404))
    found: dict[str, Any] = response.json()
    if response.is_error:
        fail(f"{option}: {found['detail']}", code=USAGE)
    return found


def _store(connection: Connection, given: str) -> Any:
    return connection.pick("--store-id", given, connection.pages("stores", store_code=given), "store_code")


def _company(connection: Connection, *, seconds: float) -> dict[str, Any]:
    response = connection.call("POST", "company/compile", json={})
    found: dict[str, Any] = response.json()
    if response.status_code == 200:
        return found
    job = connection.follow(found["id"], seconds=seconds)
    if job["status"] != "completed":
        fail(f"job {job['id']} is {job['status']}: {(job['error'] or {}).get('detail', '')}")
    found = json.loads(b"".join(connection.stream(f"company/compile/{job['id']}")))
    return found


def _statistics(found: dict[str, Any]) -> str:
    if "summary" in found:
        counts = found["summary"]
        lines = [f"{counts['total_promotions']} promotions for {counts['total_stores']} stores"]
        lines += [
            f"{name}: {of['promotions']} promotions, {of['stores']} stores" for name, of in counts["by_brand"].items()
        ]
        return "\n".join(lines)
    if "compiled_data" in found:
        return f"{found['promotion_code']}: {'compiled' if found['success'] else 'not compiled'}"
    return f"{found['count']} promotions" + (f" for store {found['store_code']}" if "store_code" in found else "")


@click.group("settings")
def settings() -> None:
    """Which promotions stores get, and when."""


@settings.command()
@_STORE
@reaches("sync")
def show(connection: Connection, *, store_id: str | None, as_json: bool) -> None:
    """Shows the saved settings; with a store what counts there, and from where each value comes."""
    if store_id is not None:
        found = connection.get("promotion-settings/effective", store_id=_store(connection, store_id))
        values, origins = found["values"], found["origins"]
    else:
        found = values = connection.get("promotion-settings")
        origins = {}
    if as_json:
        print_json(found)
        return
    for name, value in values.items():
        origin = f"  ({origins[name]})" if name in origins else ""
        click.echo(f"{name}: {_shown(value)}{origin}")


@settings.command("set")
@_VALUES
@reaches("sync")
def set_values(connection: Connection, *, values: tuple[str, ...], as_json: bool) -> None:
    """Saves some values; the others stay."""
    found = _answered(connection, "PATCH", "promotion-settings", _read(values))
    if as_json:
        print_json(found)
    else:
        click.echo("Sync settings updated successfully!")


@settings.command()
@click.argument("values", nargs=-1, metavar="[NAME=VALUE...]")
@_STORE
@click.option("--at", metavar="TIME", help="As of another moment.")
@reaches("sync")
def preview(
    connection: Connection, *, values: tuple[str, ...], store_id: str | None, at: str | None, as_json: bool
) -> None:
    """Shows which promotions there would be with other values, and saves nothing."""
    asked = {"store_id": store_id and _store(connection, store_id), "at": at}
    body = _read(values) | {name: value for name, value in asked.items() if value is not None}
    found = _answered(connection, "POST", "promotion-settings/preview", body)
    if store_id is None:
        found["moves"] = _answered(connection, "POST", "promotion-settings/rehearsal", body)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['description']}: {found['count']} promotions")
    for each in found["samples"]:
        click.echo(f"{each['code']}  {each['name']}  {each['start_date']} to {each['end_date']}")
    for name, sign in (("come", "+"), ("go", "-")):
        for code in found["compared_with_saved"][name]:
            click.echo(f"{sign} {code}")
    if moves := found.get("moves"):
        click.echo(
            f"{moves['stores_moved']} of {moves['stores']} stores: {moves['objects_sent']} to send"
            f" ({moves['bytes']} bytes), {moves['objects_deleted']} to forget"
        )


def _answered(connection: Connection, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = connection.call(method, path, json=body, accepts=(404, 422))
    found: dict[str, Any] = response.json()
    if response.is_error:
        wrong = "; ".join(f"{one['pointer'].strip('/')}: {one['detail']}" for one in found.get("errors", []))
        fail(wrong or found["detail"], code=USAGE)
    return found


def _read(values: tuple[str, ...]) -> dict[str, Any]:
    """`true`, `false` and numbers are what they look like; times of the day stand behind each other with commas."""
    body: dict[str, Any] = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise click.UsageError(f"A setting is NAME=VALUE, not {each!r}.")
        if name == "sync_times":
            body[name] = [part.strip() for part in value.split(",") if part.strip()]
        elif value in ("true", "false"):
            body[name] = value == "true"
        else:
            body[name] = int(value) if value.lstrip("-").isdecimal() else value
    return body


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)
