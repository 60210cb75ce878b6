"""The propagation service on a migrated database of this worker; each test is a tenant of its own."""

import pytest

from services.propagation.config import Settings
from shared.app import ServiceApp
from tests.propagation.naming import naming as naming


@pytest.fixture(scope="session")
def settings(propagation_settings: Settings) -> Settings:
    return propagation_settings


@pytest.fixture(scope="session")
def app(propagation_app: ServiceApp) -> ServiceApp:
    return propagation_app
