"""Every service's database as its migrations leave it, a look at it that no policy narrows; all figures exported."""

from collections.abc import Iterator

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, NullPool, create_engine, make_url

from services.propagation import jobs as propagation_jobs
from services.propagation.config import Settings as PropagationSettings
from services.sync import jobs as sync_jobs
from services.sync.config import Settings as SyncSettings
from services.validation import jobs as validation_jobs
from services.validation.config import Settings as ValidationSettings
from services.workflow import jobs as workflow_jobs
from services.workflow.config import Settings as WorkflowSettings
from shared.app import ServiceApp
from shared.jobs.relay import Relay
from shared.jobs.scraping import registry_of
from tests.fixtures.databases import TestDatabase


@pytest.fixture
def database(propagation_database: TestDatabase) -> TestDatabase:
    return propagation_database


@pytest.fixture
def catalogue(postgres_url: str, database: TestDatabase) -> Iterator[Connection]:
    """The migrated database as the server's superuser sees it."""
    name = make_url(database.owner_url).database
    url = make_url(postgres_url).set(drivername="postgresql+psycopg", database=name)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def exported(body: bytes) -> set[str]:
    """All names of an exposition, families without samples included."""
    ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    families = text_string_to_metric_families(body.decode())
    return {family.name + end for family in families for end in ends.get(family.type, [""])}


@pytest.fixture(scope="session")
def known(
    propagation_app: ServiceApp,
    propagation_settings: PropagationSettings,
    workflow_app: ServiceApp,
    workflow_settings: WorkflowSettings,
    sync_app: ServiceApp,
    sync_settings: SyncSettings,
    validation_app: ServiceApp,
    validation_settings: ValidationSettings,
) -> set[str]:
    """Names of all metrics that the services and their relay export."""
    services = [
        propagation_jobs.relayed(propagation_settings),
        workflow_jobs.relayed(workflow_settings),
        sync_jobs.relayed(sync_settings),
        validation_jobs.relayed(validation_settings),
    ]
    relay, found = Relay(services), set[str]()
    for _ in range(5):  # on a busy machine a figure comes too late for one look
        found |= exported(generate_latest(registry_of(relay.collector())))
    for app in (propagation_app, workflow_app, sync_app, validation_app):
        answer = app.test_client().get("/metrics")
        assert answer.status_code == 200
        found |= exported(answer.data)
    return found
