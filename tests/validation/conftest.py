"""The validation service on a migrated database of this worker; each test is a tenant of its own."""

import pytest

from services.validation.config import Settings
from shared.app import ServiceApp


@pytest.fixture(scope="session")
def settings(validation_settings: Settings) -> Settings:
    return validation_settings


@pytest.fixture(scope="session")
def app(validation_app: ServiceApp) -> ServiceApp:
    return validation_app
