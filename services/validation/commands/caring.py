"""Commands that look after what is stored: people who are forgotten, characters that have left."""

from collections import Counter
from dataclasses import asdict

import rich_click as click

from services.validation.commands.far import only_here
from services.validation.commands.tenants import Doors, print_json, visits
from services.validation.operations.characters import leaving
from services.validation.operations.people import forget

tenant_option = click.option("--tenant", help="Slug or id of one tenant; all of them unless given.")
json_option = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")


@click.command("forget-user")
@click.argument("subject")
@tenant_option
@json_option
@only_here("what a person leaves behind is for operators to clear away.")
def forget_user(doors: Doors, *, subject: str, tenant: str | None, as_json: bool) -> None:
    """Forgets a person: what they own and head stays without them, and they tell nothing any more."""
    total: Counter[str] = Counter()
    for visit in visits(doors, tenant):
        with visit.unit() as session:
            total.update(asdict(forget(session, subject)))
    if as_json:
        print_json({name: total[name] for name in ("characters", "chronicles", "relationships")})
        return
    click.echo(
        f"{total['characters']} characters and {total['chronicles']} chronicles without them,"
        f" {total['relationships']} relationships removed"
    )


@click.command("leave-scenes")
@tenant_option
@json_option
@only_here("over HTTP `PATCH scenes/{id}` takes characters out of a scene.")
def leave_scenes(doors: Doors, *, tenant: str | None, as_json: bool) -> None:
    """Takes retired and deceased characters out of scenes that are not finished."""
    left = 0
    for visit in visits(doors, tenant):
        with visit.unit() as session:
            left += leaving.leave_scenes(session)
    if as_json:
        print_json({"left": left})
    else:
        click.echo(f"{left} places left")
