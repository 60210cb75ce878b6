"""How commands reach the database: with the settings of the service's own programs, tenant after tenant."""

import getpass
import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import rich_click as click
from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.validation.config import Settings
from services.validation.models import Tenant
from services.validation.operations import freshness
from services.validation.operations.entry import enter
from shared.db import Database
from shared.tenancy import Context

OK, FAILED, USAGE, FINDINGS = 0, 1, 2, 3


class Doors(Protocol):
    """What the command line brings along."""

    def prepare(self, service: str) -> None:
        """Gives this process the environment of the service's own programs."""


@dataclass(frozen=True)
class Visit:
    """One tenant, and the way into it."""

    tenant_id: uuid.UUID
    slug: str
    settings: Settings
    db: Database

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A unit of work in the name of the account that runs the command."""
        account = getpass.getuser()
        context = Context(self.tenant_id, f"cli:{account}", account)
        with self.db.transaction(context) as session:
            enter(self.settings, session, context, True)
            yield session


def settings_of(doors: Doors) -> Settings:
    """Those of the service's own programs. Ends the command where they are missing."""
    doors.prepare("validation")
    return _settings()


def visits(doors: Doors, wanted: str | None) -> Iterator[Visit]:
    """The tenant of this slug or id, or one after the other. Ends the command where there is none, or no database."""
    settings = settings_of(doors)
    freshness.watch(settings)
    db = Database(settings.database_url.get_secret_value(), pooled=False, service=settings.service)
    try:
        found = _tenants(settings, wanted)
        if wanted is not None and not found:
            fail(f"there is no tenant {wanted}", code=USAGE)
        for tenant_id, slug in found:
            yield Visit(tenant_id, slug, settings, db)
    except OperationalError as failure:
        fail(f"the database is not reachable: {failure.orig}")


@contextmanager
def nowhere(doors: Doors) -> Iterator[Session]:
    """A unit of work of a tenant that nobody has, for what is to be said of a system without any."""
    settings = settings_of(doors)
    db = Database(settings.database_url.get_secret_value(), pooled=False, service=settings.service)
    with db.transaction(Context(uuid.uuid4())) as session:
        yield session


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=2 if sys.stdout.isatty() else None))


def fail(text: str, *, code: int = FAILED) -> NoReturn:
    click.echo(click.style("error: ", fg="red", bold=True) + text, err=True)
    sys.exit(code)


def _settings() -> Settings:
    try:
        return Settings()  # type: ignore[call-arg]  # the environment has the required ones
    except ValidationError as error:
        missing = ", ".join(str(problem["loc"][0]).upper() for problem in error.errors())
        fail(f"settings of validation are missing or wrong: {missing}", code=USAGE)


def _tenants(settings: Settings, wanted: str | None) -> list[tuple[uuid.UUID, str]]:
    """Only the relay's role sees which tenants there are."""
    if settings.relay_url is None:
        fail("CONCORD_VALIDATION_RELAY_URL is not set", code=USAGE)
    relay = Database(settings.relay_url.get_secret_value(), pooled=False, service=settings.service)
    rows = select(Tenant.tenant_id, Tenant.slug).order_by(Tenant.slug, Tenant.tenant_id)
    if wanted is not None:
        rows = rows.where(or_(Tenant.slug == wanted, Tenant.tenant_id == _as_id(wanted)))
    with relay.transaction(Context(tenant_id=None)) as session:
        return [(tenant_id, slug) for tenant_id, slug in session.execute(rows)]


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
