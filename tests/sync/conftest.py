"""The sync service on a migrated database of this worker; each test is a tenant of its own."""

import math
import uuid
from collections.abc import Iterator

import pytest

from services.sync.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.sync.stores import Clock, Company


@pytest.fixture(scope="session")
def settings(sync_settings: Settings) -> Settings:
    return sync_settings


@pytest.fixture(scope="session")
def app(sync_app: ServiceApp) -> ServiceApp:
    # Calls are logged when the log is read, not when some seconds are over.
    sync_app.extensions["edge_calls"].longest_seconds = math.inf
    return sync_app


@pytest.fixture
def clock(app: ServiceApp) -> Iterator[Clock]:
    """What edges take for the time."""
    app.extensions["clock"] = found = Clock()
    yield found
    del app.extensions["clock"]


@pytest.fixture
def company(ada: Person, tenant_id: uuid.UUID, clock: Clock) -> Company:
    return Company.found(ada, tenant_id)
