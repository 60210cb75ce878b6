"""The service on a database of its own, whose tables let broken rows in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import NullPool, create_engine, make_url

from services.validation.app import create_app
from services.validation.config import Settings
from services.validation.domain.rules.constraints import Constraint
from services.validation.models.registry import enforced
from shared.app import ServiceApp
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer
from tests.fixtures.services import migrated, running, settings_for

Guarding = Callable[..., AbstractContextManager[None]]


def domain_constraints() -> dict[str, Constraint]:
    wanted = ("characters", "st_relationships")
    return {one.name: one for one in enforced() if one.table in wanted}


def as_owner(database: TestDatabase, *statements: str) -> None:
    engine = create_engine(make_url(database.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def loose_database(postgres_url: str, worker_id: str) -> Iterator[TestDatabase]:
    with migrated("validation", postgres_url, f"{worker_id}_loose") as database:
        dropped = [f"alter table {one.table} drop constraint {one.name}" for one in domain_constraints().values()]
        as_owner(
            database,
            *dropped,
            "alter table characters disable trigger characters_no_balance",
            "alter table characters disable trigger characters_keep_balance",
        )
        yield database


@pytest.fixture(scope="session")
def settings(loose_database: TestDatabase, redis_url: str, issuer: Issuer) -> Settings:
    return settings_for(Settings, loose_database, redis_url, issuer)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[ServiceApp]:
    with running(create_app, settings) as app:
        yield app


@pytest.fixture
def guarding(loose_database: TestDatabase) -> Guarding:
    """Adds constraints for new writes while the block lasts."""

    @contextmanager
    def guard(*names: str) -> Iterator[None]:
        chosen = [domain_constraints()[name] for name in names]
        as_owner(loose_database, *(one.ddl for one in chosen))
        try:
            yield
        finally:
            as_owner(loose_database, *(f"alter table {one.table} drop constraint {one.name}" for one in chosen))

    return guard
