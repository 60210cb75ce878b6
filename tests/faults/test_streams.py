"""Two hundred look on while others work: through the gateway, with the processes that the stack has."""

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.copies import Copy, streams_of_propagation
from tests.faults.crew import Crew
from tests.faults.watching import Watchers
from tests.fixtures.people import Issuer
from tests.gateway.stage import Proxy, nginx_binaries, start

pytestmark = pytest.mark.faults
STREAMS, READS, READERS = 200, 40, 4


@pytest.fixture
def house(crew: Crew, tmp_path: Path) -> Iterator[Proxy]:
    """Limits of frequency are another matter, so they are off; no stream ends by itself."""
    own = {"RATE_LIMIT_PER_MINUTE": "0", "EVENT_STREAM_SECONDS": "3600"}
    environment = dict(crew.environment) | {f"CONCORD_PROPAGATION_{name}": value for name, value in own.items()}
    web = Copy(environment, tmp_path / "web.log")
    stream = Copy(environment, tmp_path / "stream.log", streams_of_propagation, "/healthz")
    try:
        web.start()
        stream.start()
        upstreams = {"upstreams": {"propagation": web.address}, "stream": stream.address}
        with start(nginx_binaries()[0], tmp_path, rate="100000r/s", burst=1000, **upstreams) as gateway:
            yield gateway
    finally:
        stream.stop()
        web.stop()


def test_the_api_answers_while_many_look_on(house: Proxy, issuer: Issuer, tenant_id: uuid.UUID) -> None:
    token = issuer.token(tenant_id)

    def read(_number: int) -> int:
        return house.get("/api/propagation/v1/strings?limit=5", Authorization=f"Bearer {token}").status

    with Watchers(house.port, token, "/api/propagation/v1/events") as watchers:
        assert watchers.open(STREAMS) == {200: STREAMS}
        with ThreadPoolExecutor(READERS) as readers:
            assert Counter(readers.map(read, range(READS))) == {200: READS}
        assert watchers.open_now() == STREAMS
