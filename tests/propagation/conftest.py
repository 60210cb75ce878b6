"""The propagation service on a migrated database of this worker; each test is a tenant of its own."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from services.propagation.app import create_app
from services.propagation.config import Settings
from shared import migrations
from shared.app import ServiceApp
from tests.fixtures.databases import TestDatabase, drop_database
from tests.fixtures.people import Issuer, Person
from tests.propagation.naming import naming as naming

MakePerson = Callable[..., Person]


@pytest.fixture(scope="session")
def propagation_database(postgres_url: str, worker_id: str) -> Iterator[TestDatabase]:
    name = f"concord_propagation_{worker_id}"
    drop_database(postgres_url, name)
    database = TestDatabase.make(postgres_url, "propagation", name)
    migrations.upgrade("propagation", database.owner_url)
    yield database
    database.db.dispose()
    drop_database(postgres_url, name)


@pytest.fixture(scope="session")
def settings(propagation_database: TestDatabase, redis_url: str, issuer: Issuer) -> Settings:
    return Settings.model_validate(
        {
            "database_url": propagation_database.app_url,
            "owner_url": propagation_database.owner_url,
            "relay_url": propagation_database.relay_url,
            "redis_url": redis_url,
            "jwks": str(issuer.jwks),
            "secret_key": "only-for-tests-" * 4,
            "rate_limit_per_minute": 0,
            "pool_size": 25,
            "lock_wait_seconds": 10,
        }
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[ServiceApp]:
    app = create_app(settings)
    yield app
    app.runtime.db.dispose()


@pytest.fixture
def person(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> MakePerson:
    """Makes a person of this test's tenant: `person(roles=["viewer"], sub="bob")`."""

    def make(**claims: object) -> Person:
        tenant = claims.pop("tenant_id", tenant_id)
        assert tenant is None or isinstance(tenant, uuid.UUID)
        return Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant, **claims))  # type: ignore[arg-type]

    return make


@pytest.fixture
def ada(person: MakePerson) -> Person:
    """An admin."""
    return person()
