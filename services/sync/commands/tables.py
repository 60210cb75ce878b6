"""Tables that users declare: made and changed under the role that owns the schema, past the service."""

from pathlib import Path

import rich_click as click

from services.sync.config import Settings
from services.sync.errors import ConfigurationInvalid
from services.sync.operations import tables as operations
from services.sync.operations.pipelines.reading import read_document
from shared.connection import FAILED, USAGE, fail, print_json
from shared.db import Database
from shared.tenancy import Context

SUFFIXES = (".yaml", ".yml")


@click.group()
def tables() -> None:
    """Tables that pipelines may load beside those of the catalogue."""


@tables.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="The result as JSON, and nothing else.")
def apply(sources: tuple[Path, ...], *, as_json: bool) -> None:
    """Makes and changes tables as files or folders declare them: all or none; columns are added, never dropped."""
    documents = [read_document(path.read_bytes(), file=str(path)) for path in _files(sources)]
    db = _owner()
    try:
        with db.transaction(Context(tenant_id=None), statement_timeout_seconds=60) as session:
            wanted = operations.read_tables(documents, operations.declared(session))
            changed = operations.apply(session, wanted)
    except ConfigurationInvalid as refusal:
        for found in refusal.members["findings"]:
            click.echo(f"{found['file']}:{found['line']}: {found['text']} ({found['code']})", err=True)
        fail("nothing was changed", code=USAGE)
    finally:
        db.dispose()
    if as_json:
        print_json({"tables": [one.as_dict() for one in wanted], "changed": changed})
        return
    for one in wanted:
        click.echo(f"{one.name}: {'changed' if one.name in changed else 'as it was'}")


def _files(sources: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for source in sources:
        found += sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES) if source.is_dir() else [source]
    if not found:
        fail("there is no file with a table in this", code=USAGE)
    return found


def _owner() -> Database:
    """Who owns the schema; workers and requests have no right to change it."""
    settings = Settings()  # type: ignore[call-arg]  # the environment has the required ones
    if settings.owner_url is None:
        fail("CONCORD_SYNC_OWNER_URL is not set", code=FAILED)
    return Database(settings.owner_url.get_secret_value(), pooled=False, service=settings.service)
