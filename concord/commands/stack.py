"""`concord up`, `down`, `status` and `logs`."""

import os
import sys
import time
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.table import Table

from concord.commands.login import link_for
from concord.settings import StackSettings
from concord.stack import lifecycle
from concord.stack.binaries import BinaryMissing
from concord.stack.databases import DatabaseFailed
from concord.stack.home import Home, HomeUnusable
from concord.stack.lifecycle import NotReady, ProgramStatus, Unreachable
from concord.stack.plan import Plan
from concord.stack.supervision import SupervisorFailed
from concord.tokens import DEMO_TENANT_ID, Person
from shared.connection import FAILED, UNREACHABLE, USAGE, fail, note, print_json

_FAILURES = (
    NotReady,
    HomeUnusable,
    SupervisorFailed,
    DatabaseFailed,
    BinaryMissing,
    LookupError,
    ValueError,
    RuntimeError,
)


def read_settings() -> StackSettings:
    try:
        return StackSettings.read()
    except ValueError as error:
        fail(str(error), code=USAGE)


@click.command()
@click.option("--restart", is_flag=True, help="Also restart what is running and unchanged (after a change of code).")
@click.option(
    "--timeout", default=180, show_default=True, metavar="SECONDS", help="How long to wait until all is well."
)
@click.option("--demo/--no-demo", default=True, show_default=True, help="Fill the demo tenant on the first start.")
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
def up(*, restart: bool, timeout: int, demo: bool, as_json: bool) -> None:
    """Starts the whole stack on this machine, tells when it is ready, and shows the demo.

    Repeating it is quick: it starts what is missing and restarts what has changed.
    """
    settings, began = read_settings(), time.monotonic()
    try:
        plan = lifecycle.up(settings, note=note, restart=restart, timeout_seconds=timeout, demo=demo)
    except Unreachable as error:
        fail(str(error), code=UNREACHABLE)
    except _FAILURES as error:
        fail(f"{error}\nWhat to do: `concord doctor`; `concord down` stops what has been started.")
    if as_json:
        print_json({"address": plan.public_url, "services": [service.name for service in plan.services]})
    else:
        _summary(settings, plan, seconds=time.monotonic() - began)
    if demo:
        _play(plan, as_json=as_json)


def _play(plan: Plan, *, as_json: bool) -> None:
    from concord import demo
    from concord.commands.demo import show
    from concord.demo.ground import Ground

    for part in demo.run(Ground.of(plan), note=note):
        if not as_json:
            show(part)


@click.command()
@click.option("--wipe", is_flag=True, help="Also remove all data, keys and logs of this stack.")
@click.option("--yes", is_flag=True, help="Do not ask before removing.")
def down(*, wipe: bool, yes: bool) -> None:
    """Stops the stack; its data stay unless told otherwise."""
    settings = read_settings()
    if wipe and not yes and settings.home.is_dir():
        click.confirm(f"Remove everything in {settings.home}?", abort=True, err=True)
    try:
        found = lifecycle.down(settings, note=note, wipe=wipe)
    except (HomeUnusable, SupervisorFailed) as error:
        fail(str(error))
    note("stopped" if found else "nothing was running")
    if wipe:
        note(f"{settings.home} is removed")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
def status(*, as_json: bool) -> None:
    """Tells how each program is. Exit code 0: all well, 1: something is not, 4: not running."""
    entries = lifecycle.status(read_settings())
    word = "stopped" if not entries else "running" if all(entry.is_healthy for entry in entries) else "degraded"
    if as_json:
        print_json({"state": word, "programs": [_as_data(entry) for entry in entries]})
    elif entries:
        _console().print(_table_of(entries))
    else:
        note("not running; `concord up` starts it")
    sys.exit({"running": 0, "degraded": FAILED, "stopped": UNREACHABLE}[word])


@click.command()
@click.argument("program", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written from now on.")
@click.option("-n", "--lines", default=40, show_default=True, help="How many of the last lines.")
def logs(*, program: str | None, follow: bool, lines: int) -> None:
    """Shows the log of one program, or of all."""
    folder = Home(read_settings().home).logs
    files = sorted(folder.glob("*.log"))
    if program is not None:
        known = [path.stem for path in files]
        files = [path for path in files if path.stem == program]
        if not files:
            fail(f"no log of {program!r}; there are: {', '.join(known) or 'none'}", code=USAGE)
    if not files:
        fail(f"no logs in {folder}", code=UNREACHABLE)
    _tail(files, follow=follow, lines=lines)


def _tail(files: list[Path], *, follow: bool, lines: int) -> None:
    options = ["-n", str(lines), *(["-F"] if follow else [])]
    sys.stdout.flush()
    os.execvp("tail", ["tail", *options, *map(str, files)])  # noqa: S606 - no shell is meant


def _as_data(entry: ProgramStatus) -> dict[str, object]:
    return {
        "name": entry.name,
        "state": entry.state.lower(),
        "healthy": entry.is_healthy,
        "pid": entry.pid or None,
        "uptime_seconds": entry.uptime_seconds,
        "complaint": entry.complaint,
    }


def _table_of(entries: list[ProgramStatus]) -> Table:
    table = Table("program", "state", "pid", "up for", box=None, pad_edge=False)
    table.add_column(overflow="fold")
    for entry in entries:
        colour = "green" if entry.is_healthy else "red"
        up_for = f"{entry.uptime_seconds} s" if entry.uptime_seconds else ""
        table.add_row(
            entry.name, f"[{colour}]{entry.state.lower()}[/]", str(entry.pid or ""), up_for, entry.complaint or ""
        )
    return table


def _summary(settings: StackSettings, plan: Plan, *, seconds: float) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_row("console", plan.public_url)
    for service in plan.services:
        table.add_row(service.name, f"{plan.public_url}/api/{service.name}/docs")
    if not plan.services:
        table.add_row("services", "none is installed here")
    table.add_row("programs", ", ".join(program.name for program in plan.programs))
    table.add_row("logs", f"{settings.home / 'logs'}  (concord logs PROGRAM -f)")
    table.add_row("token", 'TOKEN=$(concord token)   then   curl -H "Authorization: Bearer $TOKEN" …')
    table.add_row("stop", "concord down")
    console = _console()
    console.print(f"[green]ready[/] after {seconds:.1f} s")
    console.print(table)
    if plan.services:  # not in the table, which would cut or break the line
        person = Person("demo-admin", "Demo admin", DEMO_TENANT_ID, roles=("admin",))
        link = link_for(person, plan.issuer, address=plan.public_url, service=plan.services[0].name)
        console.print("\nOpen this to log in; it works once, within an hour ([bold]concord login[/] prints another):")
        click.echo(link)


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)
