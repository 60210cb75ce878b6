"""`concord secrets`: what a stack of containers is given."""

from pathlib import Path

import rich_click as click

from shared.connection import note


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--postgres", default="postgres:5432", show_default=True, help="HOST:PORT of PostgreSQL for containers.")
@click.option("--redis", default="redis:6379", show_default=True, help="HOST:PORT of Redis for containers.")
def secrets(*, folder: Path, postgres: str, redis: str) -> None:
    """Makes passwords, keys and addresses for containers, a file for each; keeps what is there.

    With CONCORD_HOME set to that folder, `concord token` speaks for the same stack.
    """
    from concord.stack.handouts import FILES, Addresses, write

    names = write(folder.absolute(), Addresses(postgres, redis))
    note(f"{len(names)} files in {folder / FILES}")
