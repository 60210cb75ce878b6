"""A database that refuses one value, as a constraint or a trigger that nobody thought of would."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import NullPool, create_engine, text

from tests.fixtures.databases import TestDatabase


@contextmanager
def refusing(database: TestDatabase, name: str) -> Iterator[None]:
    """Takes no string of this name meanwhile."""
    owner = create_engine(database.owner_url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(text(f"alter table strings add constraint refused check (value <> '{name}') not valid"))
    try:
        yield
    finally:
        with owner.begin() as connection:
            connection.execute(text("alter table strings drop constraint refused"))
