"""`concord token`: a token of the local issuer."""

import rich_click as click

from concord.settings import StackSettings
from concord.tokens import DEMO_TENANT, ROLES, Issuer, Person, tenant_id_of
from shared.connection import USAGE, fail

_USER_SECONDS = 8 * 3600
_STORE_SECONDS = 3600


@click.command()
@click.option("--tenant", default=DEMO_TENANT, show_default=True, help="UUID or name of a tenant of the local stack.")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True, help="Role in every service.")
@click.option("--sub", metavar="ID", help="Whom it speaks for.  [default: demo-ROLE]")
@click.option("--name", metavar="NAME", help="The person's name.")
@click.option("-P", "--permission", "permissions", multiple=True, help="One more permission; may be repeated.")
@click.option("-T", "--team", "teams", multiple=True, help="A team of the person; may be repeated.")
@click.option("--ttl", type=click.IntRange(1, 31 * 86400), metavar="SECONDS", help="Life time.  [default: 8 hours]")
@click.option("--store", metavar="ID", help="A store's edge token instead of a person's.  [life time: 1 hour]")
def token(
    *,
    tenant: str,
    role: str,
    sub: str | None,
    name: str | None,
    permissions: tuple[str, ...],
    teams: tuple[str, ...],
    ttl: int | None,
    store: str | None,
) -> None:
    """Prints a token for the services of this stack, and nothing else."""
    issuer = _issuer()
    tenant_id = tenant_id_of(tenant)
    if store is not None:
        if sub or name or permissions or teams:
            fail("--store goes with --tenant and --ttl only", code=USAGE)
        click.echo(issuer.store_token(store, tenant_id=tenant_id, ttl_seconds=ttl or _STORE_SECONDS))
        return
    person = Person(
        subject=sub or f"demo-{role}",
        name=name or (sub or f"Demo {role}"),
        tenant_id=tenant_id,
        roles=(role,),
        permissions=permissions,
        teams=teams,
    )
    click.echo(issuer.user_token(person, ttl_seconds=ttl or _USER_SECONDS))


def _issuer() -> Issuer:
    from concord.stack.home import Home
    from concord.stack.memory import remembered

    settings = StackSettings.read()
    home = Home(settings.home)
    return Issuer(home.keys, name=remembered(settings, home).issuer)
