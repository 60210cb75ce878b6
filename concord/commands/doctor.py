"""`concord doctor`: what this machine has, what the stack does, and what to do about it."""

import sys
from dataclasses import asdict

import rich_click as click
from rich.console import Console
from rich.table import Table

from concord.settings import StackSettings
from concord.stack.checks import Finding, examine
from shared.connection import FAILED, USAGE, fail, print_json

_COLOURS = {"ok": "green", "note": "cyan", "warning": "yellow", "error": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
def doctor(*, as_json: bool) -> None:
    """Examines the machine and the stack. Exit code 1 if something must be done."""
    try:
        findings = examine(StackSettings.read())
    except ValueError as error:
        fail(str(error), code=USAGE)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        Console(soft_wrap=True, highlight=False).print(_table(findings))
    sys.exit(FAILED if any(finding.level == "error" for finding in findings) else 0)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for finding in findings:
        colour = _COLOURS[finding.level]
        advice = f"\n[bold]→ {finding.advice}[/]" if finding.advice else ""
        table.add_row(f"[{colour}]{finding.level}[/]", f"[bold]{finding.subject}[/]", finding.detail + advice)
    return table
