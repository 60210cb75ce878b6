"""Every service's database as its migrations leave it, and a look at it that no policy narrows."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url

from tests.fixtures.databases import TestDatabase


@pytest.fixture
def database(propagation_database: TestDatabase) -> TestDatabase:
    return propagation_database


@pytest.fixture
def catalogue(postgres_url: str, database: TestDatabase) -> Iterator[Connection]:
    """The migrated database as the server's superuser sees it."""
    name = make_url(database.owner_url).database
    url = make_url(postgres_url).set(drivername="postgresql+psycopg", database=name)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
