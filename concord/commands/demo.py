"""`concord demo`: the demo on a stack that runs, wherever it runs."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from concord.settings import StackSettings
from concord.stack.home import Home
from concord.stack.memory import remembered
from concord.tokens import Issuer
from shared.connection import FAILED, OK, UNREACHABLE, fail, note, print_json

if TYPE_CHECKING:
    from concord.demo.ground import Ground
    from concord.demo.telling import Part

_WIDTH = 100


@click.command()
@click.option("--address", envvar="CONCORD_ADDRESS", metavar="URL", help="Of the gateway; CONCORD_ADDRESS.")
@click.option(
    "--old-system",
    envvar="CONCORD_OLD_SYSTEM",
    metavar="URL",
    help="Where pipelines find the example server (`python -m examples.legacy.server`); CONCORD_OLD_SYSTEM.",
)
@click.option(
    "--issuer-key",
    envvar="CONCORD_ISSUER_KEY_FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Key of the tokens' issuer, its jwks.json beside it; CONCORD_ISSUER_KEY_FILE.  [default: this stack's]",
)
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
def demo(*, address: str | None, old_system: str | None, issuer_key: Path | None, as_json: bool) -> None:
    """Plays on a stack that runs what `up` shows: names that follow a change, and the story of all services.

    What was played before is told again. Exit code 1 if something did not go well.
    """
    from concord.demo import run

    ground = _ground(address, old_system, issuer_key)
    parts = []
    for part in run(ground, note=note):
        parts.append(part)
        if not as_json:
            show(part)
    if as_json:
        print_json([_as_data(part) for part in parts])
    sys.exit(FAILED if any(part.failures for part in parts) else OK)


def _ground(address: str | None, old_system: str | None, issuer_key: Path | None) -> "Ground":
    import httpx2

    from concord.demo.ground import Ground
    from concord.stack.old_system import settled

    settings = StackSettings.read()
    home = Home(settings.home)
    facts = remembered(settings, home)
    known = settled(home)
    issuer = Issuer(issuer_key.parent if issuer_key else home.keys, name=facts.issuer, key_file=issuer_key)
    if not issuer.key_set.is_file():
        fail(f"there is no {issuer.key_set}: `concord up` makes a stack", code=UNREACHABLE)
    address = address or facts.public_url
    try:
        listed = httpx2.get(f"{address}/api", timeout=30).raise_for_status().json()
    except httpx2.HTTPError as error:
        fail(f"the gateway at {address} does not answer: {error}", code=UNREACHABLE)
    services = frozenset(entry["name"] for entry in listed["services"])
    public_url = settings.public_url or address
    return Ground(address, public_url, issuer, services, old_system or (known.url if known else None))


def show(part: "Part") -> None:
    """As a table, which is given some width even where the terminal has less."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title=part.title, title_justify="left", show_header=part.story is not None)
    for number, column in enumerate(part.columns):
        table.add_column(column, style="" if number or part.story else "bold", overflow="fold")
    for row in part.rows:
        table.add_row(*row)
    if part.story:
        table.caption_justify = "left"
        table.caption = f"all of it, from the four audit logs: concord trace {part.story}"
    width = max(_WIDTH, shutil.get_terminal_size().columns)
    Console(soft_wrap=True, highlight=False, width=width).print("", table, sep="\n")


def _as_data(part: "Part") -> dict[str, Any]:
    rows = [dict(zip(part.columns, row, strict=True)) for row in part.rows]
    story = {"correlation_id": str(part.story)} if part.story else {}
    return {"title": part.title, **story, "rows": rows, "failures": part.failures}
