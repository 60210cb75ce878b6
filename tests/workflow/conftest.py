"""The workflow service on a migrated database of this worker; each test is a tenant of its own."""

import pytest

from services.workflow.config import Settings
from shared.app import ServiceApp


@pytest.fixture(scope="session")
def settings(workflow_settings: Settings) -> Settings:
    return workflow_settings


@pytest.fixture(scope="session")
def app(workflow_app: ServiceApp) -> ServiceApp:
    return workflow_app
