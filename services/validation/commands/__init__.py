"""This service's part of the command line. Its commands work on the database itself, tenant after tenant."""

import rich_click as click

from services.validation.commands.caring import forget_user, leave_scenes
from services.validation.commands.rules import evaluate, rules

__all__ = ["validation"]


@click.group()
def validation() -> None:
    """Characters, their ledger, and the rules that data keeps."""


for command in (forget_user, leave_scenes, rules, evaluate):
    validation.add_command(command)
