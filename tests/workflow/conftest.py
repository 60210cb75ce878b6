"""The workflow service on a migrated database of this worker; each test is a tenant of its own."""

import uuid
from collections.abc import Callable

import pytest

from services.workflow.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person

MakePerson = Callable[..., Person]


@pytest.fixture(scope="session")
def settings(workflow_settings: Settings) -> Settings:
    return workflow_settings


@pytest.fixture(scope="session")
def app(workflow_app: ServiceApp) -> ServiceApp:
    return workflow_app


@pytest.fixture
def person(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> MakePerson:
    """Makes a person of this test's tenant: `person(roles=["viewer"], sub="bob")`."""

    def make(**claims: object) -> Person:
        tenant = claims.pop("tenant_id", tenant_id)
        assert tenant is None or isinstance(tenant, uuid.UUID)
        return Person(app.test_client(), "/api/workflow/v1", issuer.token(tenant, **claims))  # type: ignore[arg-type]

    return make


@pytest.fixture
def ada(person: MakePerson) -> Person:
    """An admin."""
    return person()


@pytest.fixture
def other_tenant() -> uuid.UUID:
    return uuid.uuid4()
