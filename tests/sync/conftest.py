"""The sync service on a migrated database of this worker; each test is a tenant of its own."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.operations.entry import enter
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Issuer, Person

MakePerson = Callable[..., Person]
Unit = Callable[[], AbstractContextManager[Session]]


@pytest.fixture(scope="session")
def settings(sync_settings: Settings) -> Settings:
    return sync_settings


@pytest.fixture(scope="session")
def app(sync_app: ServiceApp) -> ServiceApp:
    return sync_app


@pytest.fixture
def person(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> MakePerson:
    """Makes a person of this test's tenant: `person(roles=["viewer"], sub="bob")`."""

    def make(**claims: object) -> Person:
        tenant = claims.pop("tenant_id", tenant_id)
        assert tenant is None or isinstance(tenant, uuid.UUID)
        return Person(app.test_client(), "/api/sync/v1", issuer.token(tenant, **claims))  # type: ignore[arg-type]

    return make


@pytest.fixture
def ada(person: MakePerson) -> Person:
    """An admin."""
    return person()


@pytest.fixture
def unit(app: ServiceApp, settings: Settings, tenant_id: uuid.UUID) -> Unit:
    """Opens a unit of work of this test's tenant in nobody's name, as a job does."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with app.runtime.db.transaction(Context(tenant_id=tenant_id)) as session:
            enter(settings, session, Context(tenant_id=tenant_id), True)
            yield session

    return begin
