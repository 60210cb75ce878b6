"""The validation service on a migrated database of this worker; each test is a tenant of its own."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.validation.config import Settings
from services.validation.operations.entry import enter
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Issuer, Person

MakePerson = Callable[..., Person]
Unit = Callable[[], AbstractContextManager[Session]]
AtOnce = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def settings(validation_settings: Settings) -> Settings:
    return validation_settings


@pytest.fixture(scope="session")
def app(validation_app: ServiceApp) -> ServiceApp:
    return validation_app


@pytest.fixture
def person(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> MakePerson:
    """Makes a person of this test's tenant: `person(roles=["viewer"], sub="bob")`."""

    def make(**claims: object) -> Person:
        tenant = claims.pop("tenant_id", tenant_id)
        assert tenant is None or isinstance(tenant, uuid.UUID)
        return Person(app.test_client(), "/api/validation/v1", issuer.token(tenant, **claims))  # type: ignore[arg-type]

    return make


@pytest.fixture
def ada(person: MakePerson) -> Person:
    """An admin."""
    return person()


@pytest.fixture
def other_tenant() -> uuid.UUID:
    return uuid.uuid4()


@pytest.fixture
def unit(app: ServiceApp, settings: Settings, tenant_id: uuid.UUID) -> Unit:
    """Opens a unit of work of this test's tenant in nobody's name, as a job does."""

    @contextmanager
    def begin() -> Iterator[Session]:
        context = Context(tenant_id=tenant_id)
        with app.runtime.db.transaction(context) as session:
            enter(settings, session, context, True)
            yield session

    return begin


@pytest.fixture
def at_once() -> AtOnce:
    """Calls functions at the same moment, each in a thread of its own; their results in order."""

    def call(*functions: Callable[[], Any]) -> list[Any]:
        barrier = Barrier(len(functions))

        def one(function: Callable[[], Any]) -> Any:
            barrier.wait(timeout=30)
            return function()

        with ThreadPoolExecutor(len(functions)) as pool:
            waiting = [pool.submit(one, function) for function in functions]
            return [each.result(timeout=60) for each in waiting]

    return call
