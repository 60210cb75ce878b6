"""Strings in bulk, for trials: on the database directly, without history and checks of single rows."""

import json
import uuid
from collections.abc import Iterable
from typing import TextIO

import rich_click as click

from services.propagation.config import Settings
from services.propagation.operations.loading import Loaded, StringRow, load_strings
from shared.db import Database
from shared.tenancy import Context

LOAD_SECONDS = 120


@click.command("load-demo", hidden=True)
@click.argument("file", type=click.File())
@click.option("--tenant", type=click.UUID, required=True, help="Id of the workspace.")
@click.option("--platform", default="meta-ads", show_default=True, help="Slug of the platform.")
@click.option("--local", is_flag=True, required=True, help="Works on the database directly; there is no other way yet.")
def load_demo(*, file: TextIO, tenant: uuid.UUID, platform: str, local: bool) -> None:  # noqa: ARG001
    """Stores strings from JSON lines: key, parent, field, rule, values."""
    settings = Settings()  # type: ignore[call-arg]  # the environment has the required ones
    rows = (StringRow(**json.loads(line)) for line in file)
    loaded = load(settings.database_url.get_secret_value(), tenant, rows, platform=platform)
    click.echo(json.dumps(loaded._asdict()))


def load(database_url: str, tenant_id: uuid.UUID, rows: Iterable[StringRow], *, platform: str) -> Loaded:
    """Stores the rows in one transaction, as the system. Raises shared.errors.Invalid."""
    db = Database(database_url, pooled=False, statement_timeout_seconds=LOAD_SECONDS)
    with db.transaction(Context(tenant_id=tenant_id)) as session:
        return load_strings(session, rows, platform=platform)
