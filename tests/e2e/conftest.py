"""All services as they stand beside each other; each test is a tenant of its own."""

import json
import uuid
from collections.abc import Callable, Iterator

import pytest
import stamina

from services.propagation.app import create_app as create_propagation
from services.propagation.config import CALLS as PROPAGATION_CALLS
from services.propagation.config import Settings as PropagationSettings
from services.sync import jobs as sync_jobs
from services.sync.app import create_app as create_sync
from services.sync.config import CALLS as SYNC_CALLS
from services.sync.config import Settings
from services.validation.app import create_app as create_validation
from services.validation.config import CALLS as VALIDATION_CALLS
from services.validation.config import Settings as ValidationSettings
from services.workflow.app import create_app as create_workflow
from services.workflow.config import CALLS as WORKFLOW_CALLS
from services.workflow.config import Settings as WorkflowSettings
from shared.app import ServiceApp
from tests.e2e.house import House, Services, built
from tests.fixtures.people import Issuer, Person

Guest = Callable[..., Person]


@pytest.fixture(scope="session")
def house(
    sync_settings: Settings,
    validation_settings: ValidationSettings,
    workflow_settings: WorkflowSettings,
    propagation_settings: PropagationSettings,
    issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    services: Services = {
        "sync": (sync_settings, SYNC_CALLS, create_sync),
        "validation": (validation_settings, VALIDATION_CALLS, create_validation),
        "workflow": (workflow_settings, WORKFLOW_CALLS, create_workflow),
        "propagation": (propagation_settings, PROPAGATION_CALLS, create_propagation),
    }
    with built(services, issuer, tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="session")
def settings(house: House) -> Settings:
    found = house.settings["sync"]
    assert isinstance(found, Settings)
    return found


@pytest.fixture(scope="session")
def app(house: House) -> ServiceApp:
    return house.apps["sync"]


@pytest.fixture
def guest(house: House, issuer: Issuer, tenant_id: uuid.UUID) -> Guest:
    """A person of this test's tenant before another service: `guest("workflow", sub="grace")`."""

    def make(service: str, **claims: object) -> Person:
        token = issuer.token(tenant_id, **claims)  # type: ignore[arg-type]
        return Person(house.apps[service].test_client(), f"/api/{service}/v1", token)

    return make


@pytest.fixture(autouse=True)
def neighbours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What workers of sync learn of the others, and no wait between attempts at a call."""
    monkeypatch.setenv("CONCORD_SYNC_SERVICE_KEY_FILE", str(settings.service_key_file))
    monkeypatch.setenv("CONCORD_SYNC_SIBLINGS", json.dumps(dict(settings.siblings)))
    sync_jobs._siblings.cache_clear()
    with stamina.set_testing(True, attempts=1):
        yield
    sync_jobs._siblings.cache_clear()
