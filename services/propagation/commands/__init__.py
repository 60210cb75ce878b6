"""This service's part of the command line."""

import rich_click as click

from services.propagation.commands.changing import apply, cleanup, preview, regenerate, retry_errors
from services.propagation.commands.files import export, import_file
from services.propagation.commands.looking import check, report, tree

__all__ = ["propagation"]


@click.group()
def propagation() -> None:
    """Names and their inheritance."""


for command in (preview, apply, tree, regenerate, check, retry_errors, report, cleanup, import_file, export):
    propagation.add_command(command)
