"""Pipelines as files: checked, stored, listed, switched."""

import sys
from pathlib import Path
from typing import Any

import rich_click as click

from shared.connection import OK, UNREACHABLE, USAGE, Connection, fail, print_json, reaches

SUFFIXES = (".yaml", ".yml")
SOURCES = click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.command("list")
@reaches("sync")
def list_pipelines(connection: Connection, *, as_json: bool) -> None:
    """Lists the pipelines with their last and next runs."""
    found = list(connection.pages("pipelines"))
    if as_json:
        print_json(found)
        return
    for one in found:
        last = one["last_run"]["status"] if one["last_run"] else "never ran"
        off = "" if one["active"] else click.style("  inactive", fg="yellow")
        click.echo(f"{one['name']}  {one['entity']}  {last}  next {one['next_run_at'] or '-'}{off}")


@click.command()
@click.argument("name")
@reaches("sync")
def show(connection: Connection, *, name: str, as_json: bool) -> None:
    """Shows a pipeline's file and state."""
    found = connection.get(f"pipelines/{name}")
    if as_json:
        print_json(found)
        return
    click.echo(found["text"].rstrip("\n"))
    for key, value in found["state"].items():
        click.echo(f"# {key}: {value if value is not None else '-'}")


@click.command()
@SOURCES
@reaches("sync", codes=(OK, USAGE, UNREACHABLE))
def check(connection: Connection, *, sources: tuple[Path, ...], as_json: bool) -> None:
    """Checks files or folders and stores nothing; what is wrong is told with file and line."""
    found = _send(connection, "pipelines/check", sources, as_json=as_json)
    if as_json:
        print_json(found)
    else:
        count = len(found["names"])
        click.echo(f"{count} {'pipeline' if count == 1 else 'pipelines'}, nothing is wrong")


@click.command()
@SOURCES
@reaches("sync", codes=(OK, USAGE, UNREACHABLE))
def apply(connection: Connection, *, sources: tuple[Path, ...], as_json: bool) -> None:
    """Stores files or folders as one set, all of it or nothing."""
    found = _send(connection, "pipelines", sources, as_json=as_json)["results"]
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(f"{one['name']}: version {one['config_version']}")


@click.command()
@click.argument("name")
@reaches("sync")
def activate(connection: Connection, *, name: str, as_json: bool) -> None:
    """Switches a pipeline on."""
    _switch(connection, name, active=True, as_json=as_json)


@click.command()
@click.argument("name")
@reaches("sync")
def deactivate(connection: Connection, *, name: str, as_json: bool) -> None:
    """Switches a pipeline off: it has no schedule and takes no run."""
    _switch(connection, name, active=False, as_json=as_json)


def _switch(connection: Connection, name: str, *, active: bool, as_json: bool) -> None:
    answer = connection.call("PATCH", f"pipelines/{name}", json={"active": active}).json()
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{name} is {'active' if active else 'inactive'}")


def _send(connection: Connection, path: str, sources: tuple[Path, ...], *, as_json: bool) -> Any:
    files = {str(file): _text(file) for source in sources for file in _files(source)}
    answer = connection.call("POST", path, json={"files": files}, accepts=(422,))
    if answer.status_code == 422:
        _tell_findings(answer.json(), as_json=as_json)
    return answer.json()


def _tell_findings(problem: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(problem)
    for one in problem.get("findings", []):
        click.echo(f"{one.get('file', '')}:{one['line']}: {one['code']}: {one['text']} ({one['pointer']})", err=True)
    sys.exit(USAGE)


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES)
    if not found:
        fail(f"there is no file {' or '.join('*' + suffix for suffix in SUFFIXES)} in {source}", code=USAGE)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        fail(f"{file} cannot be read: {failure}", code=USAGE)
