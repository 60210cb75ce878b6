"""This service's part of the command line."""

import rich_click as click

from services.workflow.commands.items import bulk, history, search, transition
from services.workflow.commands.machines import machines_group


@click.group()
def workflow() -> None:
    """Work orders, tasks, attendance, tickets and their lifecycles."""


for command in (search, transition, bulk, history, machines_group):
    workflow.add_command(command)
