import ipaddress
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from shared.app import ServiceApp
from shared.db import Database
from shared.outbound_guard import Guard, Rules
from shared.outbox.delivering import Courier
from shared.tenancy import Context
from shared.vault import Vault
from shared.webhooks.publishing import KIND
from shared.webhooks.routes import WebhookResource, webhooks_blueprint
from shared.webhooks.sending import WebhookSender
from tests.fixtures.apps import make_app
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.fixtures.stand_in import StandIn, says
from tests.shared.auditing.conftest import add_audit_tables
from tests.shared.webhooks.sample import EVENT_TYPES, PREFIX, PRIVILEGES, ROLES, Base, Delivery, Outbox, Webhook


@pytest.fixture(scope="session")
def hooks_database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    made = scratch_database(Base.metadata, PRIVILEGES)
    add_audit_tables(made)
    return made


@pytest.fixture(autouse=True)
def empty(hooks_database: TestDatabase) -> None:
    """A courier sees all tenants: what another test left would fill its rounds."""
    relay = Database(hooks_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        session.execute(delete(Outbox))


@pytest.fixture
def receiver() -> Iterator[StandIn]:
    """The address of a user; answers 204."""
    made = StandIn()
    made.answers = [says(204)]
    yield made
    made.stop()


@pytest.fixture(scope="session")
def app(hooks_database: TestDatabase, redis_url: str, issuer: Issuer) -> Iterator[ServiceApp]:
    webhooks = webhooks_blueprint(WebhookResource(Webhook, Delivery, Outbox, event_types=EVENT_TYPES))
    reached: dict[str, Any] = {"webhook_ports": [*range(1, 65536)], "webhook_networks": ["127.0.0.1/32"]}
    app = make_app(hooks_database, redis_url, issuer, webhooks, roles=ROLES, **reached)
    yield app
    app.runtime.db.dispose()


def local_guard() -> Guard:
    """Reaches the stand-ins of these tests, and nothing else that is private."""
    every_port = frozenset(range(1, 65536))
    return Guard(Rules(ports=every_port, allowed_networks=[ipaddress.ip_network("127.0.0.1/32")], max_redirects=0))


@pytest.fixture
def ada(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), PREFIX, issuer.token(tenant_id))


@pytest.fixture
def postman(app: ServiceApp, hooks_database: TestDatabase) -> Iterator[Courier]:
    url = hooks_database.relay_url
    vault = Vault(app.runtime.settings.signing_key)
    sender = WebhookSender(Webhook, Delivery, relay_url=url, vault=vault, guard=local_guard())
    made = Courier("sample", Outbox, {KIND: sender}, relay_url=url)
    yield made
    made.close()
    sender.close()


@pytest.fixture
def hook(ada: Person, receiver: StandIn) -> dict[str, Any]:
    """A webhook of the test's tenant, as its creation answered."""
    made = ada.post("webhooks", {"name": "ops-hook", "url": f"{receiver.url}/in"})
    assert made.status_code == 201, made.get_json()
    body: dict[str, Any] = made.get_json()
    return body
