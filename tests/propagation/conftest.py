"""The propagation service on a migrated database of this worker; each test is a tenant of its own."""

import uuid
from collections.abc import Callable

import pytest

from services.propagation.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.propagation.naming import naming as naming

MakePerson = Callable[..., Person]


@pytest.fixture(scope="session")
def settings(propagation_settings: Settings) -> Settings:
    return propagation_settings


@pytest.fixture(scope="session")
def app(propagation_app: ServiceApp) -> ServiceApp:
    return propagation_app


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
