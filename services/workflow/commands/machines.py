"""Definitions of lifecycles, checked and drawn."""

import json
from pathlib import Path

import rich_click as click

from services.workflow.config import Settings
from services.workflow.domain.machines.drawing import mermaid, svg
from services.workflow.domain.machines.reading import DefinitionFault
from services.workflow.domain.machines.shipped import machines
from services.workflow.operations.lifecycles import check_constraints, check_definitions
from shared.connection import print_json
from shared.db import Database
from shared.tenancy import Context

FORMS = {"mmd": mermaid, "svg": svg}


@click.group("machines")
def machines_group() -> None:
    """The state machines."""


@machines_group.command("check")
@click.option("--local", is_flag=True, help="Also compares the states with the database.")
@click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")
def check(*, local: bool, as_json: bool) -> None:
    """Checks every definition; exit code 1 names the file and the rule that it breaks."""
    try:
        check_definitions()
        if local:
            _check_database()
    except DefinitionFault as fault:
        raise click.ClickException(str(fault)) from fault
    found = [
        {"machine": one.name, "version": one.version, "states": len(one.states), "edges": len(one.edges)}
        for one in machines().values()
    ]
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo("{machine} {version}: {states} states, {edges} edges".format_map(one))


@machines_group.command("export")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["json", *FORMS]), default="json", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File instead of standard output.")
def export(*, name: str, form: str, output: Path | None) -> None:
    """Writes a machine as JSON, Mermaid or SVG."""
    machine = machines().get(name)
    if machine is None:
        raise click.ClickException(f"there is no machine {name}; known: {', '.join(machines())}")
    text = FORMS[form](machine) if form in FORMS else json.dumps(machine.as_dict(), indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text)


def _check_database() -> None:
    settings = Settings()  # type: ignore[call-arg]  # the environment has the required ones
    db = Database(settings.database_url.get_secret_value(), pooled=False)
    with db.transaction(Context(tenant_id=None)) as session:
        check_constraints(session)
