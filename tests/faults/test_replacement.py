"""One service is replaced while it is used: two copies behind the gateway, workers and relay, one after the other."""

import http.client
import itertools
import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.conftest import LoadTree
from tests.faults.copies import Copy
from tests.faults.crew import Crew
from tests.faults.ledger import Ledger
from tests.faults.runs import MIDDLE, STRINGS, change_brand, check_completed, check_idle
from tests.faults.servers import Valkey
from tests.fixtures.people import Issuer
from tests.gateway.stage import Proxy, nginx_binaries, start

pytestmark = pytest.mark.faults
CLIENTS, PAUSE_SECONDS = 3, 0.02


@dataclass
class Load:
    """Clients that read and write all the time and repeat nothing."""

    port: int
    token: str
    statuses: Counter[int | str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def client(self, name: str) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            for number in itertools.count():
                if self.over.wait(PAUSE_SECONDS):
                    return
                try:
                    self.statuses[self._call(connection, f"{name}-{number}")] += 1
                except (OSError, http.client.HTTPException) as failure:
                    self.statuses[type(failure).__name__] += 1
                    connection.close()

    def _call(self, connection: http.client.HTTPConnection, name: str) -> int:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if name.endswith(("0", "5")):
            body = json.dumps({"name": name, "slug": name, "platform_type": "social"})
            connection.request("POST", "/api/propagation/v1/platforms", body, headers)
        else:
            connection.request("GET", "/api/propagation/v1/strings?limit=5", headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


@pytest.fixture
def copies(crew: Crew, tmp_path: Path) -> Iterator[list[Copy]]:
    environment = dict(crew.environment) | {"CONCORD_PROPAGATION_RATE_LIMIT_PER_MINUTE": "0"}
    made = [Copy(environment, tmp_path / f"web-{number}.log") for number in (1, 2)]
    for copy in made:
        copy.start()
    yield made
    for copy in made:
        copy.stop()


@pytest.fixture
def gateway(copies: list[Copy], tmp_path: Path) -> Iterator[Proxy]:
    addresses = " ".join(copy.address for copy in copies)
    with start(nginx_binaries()[0], tmp_path, upstreams={"propagation": addresses}, rate="100000r/s") as running:
        yield running


def test_nobody_notices(
    load_tree: LoadTree,
    crew: Crew,
    copies: list[Copy],
    gateway: Proxy,
    ledger: Ledger,
    valkey: Valkey,
    issuer: Issuer,
    tenant_id: uuid.UUID,
) -> None:
    naming = load_tree(STRINGS)
    load = Load(gateway.port, issuer.token(tenant_id))
    clients = [threading.Thread(target=load.client, args=(f"c{number}",)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id:
        for copy in copies:
            copy.stop()
            copy.start()
    crew.replace()
    load.over.set()
    for client in clients:
        client.join()
    assert load.statuses.keys() == {200, 201}
    assert min(load.statuses.values()) > 5
    check_completed(ledger, job_id)
    check_idle(ledger, valkey)
