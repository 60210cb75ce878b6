"""The servers in stores, over real HTTP: they log in with their secret, fetch, and are told that there is news."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, func, select, update
from werkzeug.serving import make_server

from examples.edge.calling import HeadOffice
from examples.edge.client import Edge, Refused
from examples.edge.storage import Storage
from services.sync.app import create_app
from services.sync.clients.edges import EdgeSender
from services.sync.config import Settings
from services.sync.models import Outbox
from services.sync.operations.edges import telling
from shared.app import ServiceApp
from shared.db import Database
from shared.outbox.delivering import Courier
from shared.service_tokens import ServiceTokens
from shared.signatures import SignatureRefused, verify
from shared.tenancy import Context
from shared.vault import Vault
from shared.webhooks.sending import guard_of
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer
from tests.fixtures.services import Unit, running
from tests.fixtures.stand_in import StandIn, pem, says
from tests.sync.stores import Clock, Company, answered


@pytest.fixture(scope="module")
def till() -> Iterator[StandIn]:
    """The server in a store, as far as it is told of news."""
    server = StandIn()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def settings(
    sync_settings: Settings, issuer: Issuer, till: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """An installation with a key of its own, whose stores stand in its own network."""
    folder: Path = tmp_path_factory.mktemp("sync")
    key = pem(folder / "key.pem", ec.generate_private_key(ec.SECP256R1()))
    keys = json.loads(issuer.jwks.read_text())["keys"]
    own = ServiceTokens("sync", key_file=key, calls={}).public_jwk()
    (folder / "jwks.json").write_text(json.dumps({"keys": [*keys, own]}))
    changes = {
        "jwks": str(folder / "jwks.json"),
        "service_key_file": key,
        "webhook_networks": ["127.0.0.0/8"],
        "webhook_ports": [443, int(till.url.rpartition(":")[2])],
    }
    return Settings.model_validate(sync_settings.model_dump() | changes)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[ServiceApp]:
    with running(create_app, settings) as made:
        yield made


@pytest.fixture(scope="module")
def address(app: ServiceApp) -> Iterator[str]:
    """Where the application listens."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def edge(company: Company, address: str) -> Iterator[Callable[..., Edge]]:
    """The example client of a store, with its own token for a secret."""
    opened = []

    def make(secret: str, store: str = "S1", *, asks_for: str | None = None) -> Edge:
        storage = Storage(":memory:")
        opened.append(storage)
        office = HeadOffice(address, store_id=company.stores[store], secret=secret)
        return Edge(storage, office, company_id=str(company.id), store_id=company.stores[asks_for or store])

    yield make
    for storage in opened:
        storage.close()


@pytest.fixture
def courier(settings: Settings, sync_database: TestDatabase) -> Iterator[Callable[[], None]]:
    """Makes all letters due and delivers them, as the relay does."""
    relay = Database(sync_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        session.execute(delete(Outbox))  # a courier sees all tenants
    sender = EdgeSender(relay_url=sync_database.relay_url, vault=Vault(settings.signing_key), guard=guard_of(settings))
    found = Courier("sync", Outbox, {telling.KIND: sender}, relay_url=sync_database.relay_url)

    def deliver() -> None:
        with relay.transaction(Context(tenant_id=None)) as session:
            session.execute(update(Outbox).values(next_attempt_at=func.now() - timedelta(seconds=1)))
        found._resting.clear()
        found.deliver()

    yield deliver
    found.close()
    sender.close()
    relay.dispose()


def test_a_store_logs_in_and_fetches(company: Company, edge: Callable[..., Edge]) -> None:
    ada, store = company.person, company.stores["S1"]
    company.promotion("ONE", description="x" * 2000)  # enough to be compressed
    server = answered(ada.post("edge-servers", {"store_id": store}))
    mine = edge(server["secret"])
    assert (mine.sync(), mine.sync()) == (True, False)
    assert [each["code"] for each in mine.storage.promotions()] == ["ONE"]
    mine.use(mine.storage.promotions()[0]["id"], "B1", "1.00", "2026-06-15T10:00:00Z")
    mine.sync()
    assert answered(ada.get("sync-log/summary"))["results"][-1]["store_code"] == "S1"

    def refusal(client: Edge) -> tuple[int, str]:
        with pytest.raises(Refused) as found:
            client.sync()
        return found.value.status, found.value.code

    assert refusal(edge(server["secret"], asks_for="S2")) == (403, "STORE_FORBIDDEN")
    assert refusal(edge("whsec_nonsense")) == (401, "UNAUTHENTICATED")
    assert refusal(edge(server["secret"], "S2")) == (401, "UNAUTHENTICATED")
    renewed = answered(ada.post(f"edge-servers/{server['id']}/renew-secret"))["secret"]
    assert refusal(edge(server["secret"])) == (401, "UNAUTHENTICATED")
    assert edge(renewed).sync() is True
    assert mine.sync() is False  # its token is good until it expires
    answered(ada.patch(f"edge-servers/{server['id']}", {"active": False}))
    assert refusal(edge(renewed)) == (401, "UNAUTHENTICATED")


def test_tokens_tell_nothing_to_strangers(company: Company) -> None:
    """Unknown store, wrong secret, another company's: one answer."""
    ada, store = company.person, company.stores["S1"]
    secret = answered(ada.post("edge-servers", {"store_id": store}))["secret"]
    client = ada.client

    def ask(**body: Any) -> tuple[int, str]:
        answer = client.post("/api/sync/v1/edge/token", json=body)
        return answer.status_code, answer.get_json()["code"]

    refused = (401, "EDGE_LOGIN_REFUSED")
    assert ask(store_id=str(uuid.uuid4()), secret=secret) == refused
    assert ask(store_id=store, secret=secret[:-4] + "AAAA") == refused
    assert ask(store_id=store, secret="whsec_" + "A" * 64) == refused
    assert ask(store_id=store, secret="x") == refused
    assert ask(secret=secret)[0] == 422


def test_a_server_is_told_until_it_hears(
    company: Company, unit: Unit, clock: Clock, till: StandIn, courier: Callable[[], None]
) -> None:
    ada, store = company.person, company.stores["S1"]
    server = answered(ada.post("edge-servers", {"store_id": store, "url": f"{till.url}/news"}))
    company.promotion("ONE")
    till.requests, till.answers = [], [says(503, Retry_After="1"), says(500), says(204)]

    def tell() -> None:
        with unit() as session:
            telling.tell(session, clock.now)

    def letters() -> list[tuple[str, str | None]]:
        with unit() as session:
            rows = session.execute(select(Outbox.status, Outbox.reason).order_by(Outbox.number))
            return [(row.status, row.reason) for row in rows]

    version = company.ask("version")["version"]
    tell()
    for told in (("pending", "the edge server answered 503"), ("pending", "the edge server answered 500")):
        courier()
        assert letters() == [told]
    courier()
    assert letters() == [("delivered", None)]
    courier()
    assert [request.path for request in till.requests] == ["/news"] * 3
    first, _second, last = till.requests
    name = verify(dict(last.headers), last.get_data(), [server["secret"]])
    assert name == first.headers["webhook-id"]
    with pytest.raises(SignatureRefused):
        verify(dict(last.headers), last.get_data() + b" ", [server["secret"]])
    message = json.loads(last.get_data())
    assert message["type"] == "edge.changed"
    assert message["data"] == {"company_id": str(company.id), "store_id": store, "version": version}

    company.promotion("TWO")
    till.answers = [says(410)]
    tell()
    courier()
    assert letters()[1][0] == "failed"
    shown = answered(ada.get(f"edge-servers/{server['id']}"))
    assert (shown["active"], shown["gone_at"] is None) == (True, False)
    company.promotion("THREE")
    tell()
    assert len(letters()) == 2  # nobody is told there
    answered(ada.patch(f"edge-servers/{server['id']}", {"url": f"{till.url}/news"}))
    till.answers = [says(200)]
    tell()
    courier()
    assert letters()[2] == ("delivered", None)


def test_an_address_inside_is_refused_unless_it_is_allowed(company: Company) -> None:
    for url in (
        "https://10.0.0.1/news",
        "http://127.0.0.1:1/news",
        "ftp://93.184.216.34/",
        "https://u:p@93.184.216.34",
    ):
        refused = company.person.post("edge-servers", {"store_id": company.stores["S2"], "url": url})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "address_refused"), url
