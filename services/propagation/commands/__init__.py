"""This service's part of the command line."""

import rich_click as click

from services.propagation.commands.changing import apply, cleanup, preview, regenerate, retry_errors, undo
from services.propagation.commands.files import export, import_file
from services.propagation.commands.looking import check, report, tree
from services.propagation.commands.reading import check_names, explain, simulate

__all__ = ["propagation"]


@click.group()
def propagation() -> None:
    """Names and their inheritance."""


COMMANDS = (
    *(preview, apply, undo, tree, explain, regenerate, check, retry_errors, report, cleanup),
    *(check_names, simulate, import_file, export),
)
for command in COMMANDS:
    propagation.add_command(command)
