"""This service's part of the command line."""

import rich_click as click

from services.sync.commands.conflicts import conflicts
from services.sync.commands.files import activate, apply, check, deactivate, list_pipelines, show
from services.sync.commands.promotions import compile_promotions, settings
from services.sync.commands.rejects import rejects
from services.sync.commands.running import plan, run
from services.sync.commands.runs import runs, state
from services.sync.commands.tables import tables

__all__ = ["sync"]


@click.group()
def sync() -> None:
    """What comes in from other systems, and the promotions that go out to stores."""


for command in (
    list_pipelines,
    show,
    check,
    apply,
    activate,
    deactivate,
    plan,
    run,
    runs,
    state,
    rejects,
    conflicts,
    tables,
    compile_promotions,
    settings,
):
    sync.add_command(command)

sync.add_command(rejects, "quarantine")  # the name that the API has for them
