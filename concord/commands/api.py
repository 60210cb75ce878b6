"""`concord api`: any request to any service, for what has no command of its own."""

import json
import sys
from pathlib import Path
from typing import Any

import rich_click as click

from concord.catalogue import installed_names
from shared.connection import FAILED, OK, UNREACHABLE, Reach, reaches_any

_AWAY = (401, 403, 502, 503, 504)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@click.command()
@click.argument("method", type=click.Choice(_METHODS, case_sensitive=False))
@click.argument("path")
@click.option("-q", "--query", multiple=True, metavar="NAME=VALUE", help="Of the query; may be repeated.")
@click.option("-d", "--data", metavar="JSON|@FILE|-", help="The body: text, a file, or standard input.")
@click.option("-H", "--header", multiple=True, metavar="NAME:VALUE", help="May be repeated.")
@reaches_any()
def api(
    reach: Reach, *, method: str, path: str, query: tuple[str, ...], data: str | None, header: tuple[str, ...], **_: Any
) -> None:
    """Sends a request and prints the answer; PATH is /api/SERVICE/v1/RESOURCE, or SERVICE/RESOURCE."""
    service, rest = _parts(path)
    options: dict[str, Any] = {"headers": dict(_pair(one, ":") for one in header)}
    if query:
        options["params"] = [_pair(one, "=") for one in query]
    if data is not None:
        options["content"] = _body(data)
        options["headers"] = {"Content-Type": "application/json"} | options["headers"]
    with reach(service) as connection:
        answer = connection.call(method, rest, accepts=tuple(range(400, 600)), **options)
    is_json = "json" in answer.headers.get("Content-Type", "")
    click.echo(json.dumps(answer.json(), indent=2) if is_json else answer.text, err=answer.is_error)
    if answer.status_code in _AWAY:
        sys.exit(UNREACHABLE)
    sys.exit(FAILED if answer.is_error else OK)


def _parts(path: str) -> tuple[str, str]:
    words = path.removeprefix("/").removeprefix("api/").split("/")
    if words[0] not in installed_names():
        raise click.UsageError(f"{path!r} names no service; one of {', '.join(installed_names())} comes first.")
    return words[0], "/".join(words[2:] if words[1:2] == ["v1"] else words[1:])


def _pair(text: str, sign: str) -> tuple[str, str]:
    name, found, value = text.partition(sign)
    if not (name and found):
        raise click.UsageError(f"{text!r} is not NAME{sign}VALUE.")
    return name, value.strip() if sign == ":" else value


def _body(data: str) -> bytes:
    if data == "-":
        return sys.stdin.buffer.read()
    return Path(data[1:]).read_bytes() if data.startswith("@") else data.encode()
