"""The sync service on a migrated database of this worker; each test is a tenant of its own."""

import pytest

from services.sync.config import Settings
from shared.app import ServiceApp


@pytest.fixture(scope="session")
def settings(sync_settings: Settings) -> Settings:
    return sync_settings


@pytest.fixture(scope="session")
def app(sync_app: ServiceApp) -> ServiceApp:
    return sync_app
