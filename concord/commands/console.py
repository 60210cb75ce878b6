"""How commands speak: data on standard output, everything else on standard error, and what exit codes mean."""

import json
import sys
from typing import Any, NoReturn

import rich_click as click

OK, FAILED, USAGE, FINDINGS, UNREACHABLE = 0, 1, 2, 3, 4


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=2))


def note(text: str) -> None:
    """Progress, for people."""
    click.echo(text, err=True)


def fail(text: str, *, code: int = FAILED) -> NoReturn:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)
    sys.exit(code)
