"""How commands speak: data on standard output, everything else on standard error, and what exit codes mean."""

import json
import sys
from typing import Any, NoReturn

import rich_click as click

OK, FAILED, USAGE, FINDINGS, UNREACHABLE, LATE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
EXIT_CODES = {
    OK: "done",
    FAILED: "failed",
    USAGE: "wrong use",
    FINDINGS: "done, and something was found",
    UNREACHABLE: "not reachable or not authorised",
    LATE: "not ended in time",
    INTERRUPTED: "interrupted",
}


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=2))


def note(text: str) -> None:
    """Progress, for people."""
    click.echo(text, err=True)


def fail(text: str, *, code: int = FAILED) -> NoReturn:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)
    sys.exit(code)
