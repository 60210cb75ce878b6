"""`concord login`: a link that logs into the console of this stack, once."""

import rich_click as click

from concord.settings import StackSettings
from concord.tokens import DEMO_TENANT, ROLES, Issuer, Person, tenant_id_of
from shared.connection import UNREACHABLE, fail

_SECONDS = 3600


@click.command()
@click.option("--tenant", default=DEMO_TENANT, show_default=True, help="UUID or name of a tenant of the local stack.")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True, help="Role in every service.")
@click.option("--sub", metavar="ID", help="Who it is.  [default: demo-ROLE]")
@click.option("--name", metavar="NAME", help="The person's name.")
def login(*, tenant: str, role: str, sub: str | None, name: str | None) -> None:
    """Prints a link that opens the console, logged in. It works once, within an hour."""
    from concord.catalogue import installed_names
    from concord.stack.home import Home
    from concord.stack.memory import remembered

    settings = StackSettings.read()
    home = Home(settings.home)
    services = installed_names()
    if not home.keys.is_dir() or not services:
        fail("there is no stack here: `concord up` makes one", code=UNREACHABLE)
    facts = remembered(settings, home)
    person = Person(sub or f"demo-{role}", name or sub or f"Demo {role}", tenant_id_of(tenant), roles=(role,))
    click.echo(link_for(person, Issuer(home.keys, name=facts.issuer), address=facts.public_url, service=services[0]))


def link_for(person: Person, issuer: Issuer, *, address: str, service: str) -> str:
    return f"{address}/{service}/login/once?key={issuer.login_token(person, service, ttl_seconds=_SECONDS)}"
