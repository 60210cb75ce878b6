"""What the relay serves at /metrics, also while databases and Redis are away or hang."""

import socket
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.jobs.relay import Relay, RelayedService
from shared.jobs.rq_queue import queue
from shared.jobs.scraping import Source, SourceCollector, registry_of, serve
from shared.redis_client import connect
from tests.fixtures.databases import TestDatabase
from tests.fixtures.servers import free_port
from tests.shared.jobs.conftest import Submit
from tests.shared.jobs.sample import DOOR, Job

Found = dict[tuple[str, ...], float]


def values(body: str, *labels: str) -> Callable[[str], Found]:
    """Of a metric by these labels."""
    families = list(text_string_to_metric_families(body))

    def of(name: str) -> Found:
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return {tuple(sample.labels[label] for label in labels): sample.value for sample in samples}

    return of


def gauge(name: str, service: str, value: float) -> GaugeMetricFamily:
    metric = GaugeMetricFamily(name, "For the test.", labels=["service"])
    metric.add_metric([service], value)
    return metric


def body_of(*sources: Source, seconds: float = 2.0) -> str:
    return generate_latest(registry_of(SourceCollector(sources, seconds=seconds))).decode()


@pytest.fixture
def queue_name() -> str:
    return f"q-{uuid.uuid4().hex}"


@pytest.fixture
def described(scratch: TestDatabase, redis_url: str, queue_name: str) -> Callable[..., RelayedService]:
    def make(name: str = "sample", **options: object) -> RelayedService:
        given = {"relay_url": scratch.relay_url, "redis_url": redis_url, "queues": [queue_name]} | options
        return RelayedService(name, jobs=Job, door=DOOR, **given)  # type: ignore[arg-type]

    return make


def count_jobs(session: Session) -> list[Metric]:
    return [gauge("sample_jobs_seen", "sample", session.scalars(text("select count(*) from jobs")).one())]


def test_jobs_queues_and_what_the_service_adds(
    described: Callable[..., RelayedService], submitted: Submit, redis_url: str, queue_name: str
) -> None:
    submitted(queue=queue_name)
    rq_queue = queue(queue_name, connect(redis_url))
    rq_queue.connection.rpush(rq_queue.key, "one", "two")
    rq_queue.connection.rpush(rq_queue.intermediate_queue_key, "three")
    relay = Relay([described(collectors=[count_jobs])])
    body = generate_latest(registry_of(relay.collector())).decode()
    assert values(body, "queue", "status")("concord_jobs")[queue_name, "pending"] == 1
    assert values(body, "queue", "list")("concord_queue_length") == {
        (queue_name, "waiting"): 2,
        (queue_name, "intermediate"): 1,
    }
    assert values(body, "service")("sample_jobs_seen")["sample",] >= 1
    up = values(body, "service", "source")("concord_relay_source_up")
    assert up == {("sample", "database"): 1, ("sample", "redis"): 1}
    assert "process_cpu_seconds_total" in body


def test_services_share_families() -> None:
    sources = [Source(name, "database", [lambda name=name: [gauge("shared_family", name, 1)]]) for name in "ab"]  # type: ignore[misc]
    body = body_of(*sources)
    assert values(body, "service")("shared_family") == {("a",): 1, ("b",): 1}
    assert body.count("# TYPE shared_family gauge") == 1


def test_what_is_away_is_down_and_the_rest_is_there(described: Callable[..., RelayedService]) -> None:
    nowhere = free_port()
    away = described(
        "away", relay_url=f"postgresql://nobody@127.0.0.1:{nowhere}/x", redis_url=f"redis://127.0.0.1:{nowhere}/0"
    )
    relay = Relay([away, described()])
    body = generate_latest(registry_of(relay.collector())).decode()
    assert values(body, "service", "source")("concord_relay_source_up") == {
        ("away", "database"): 0,
        ("away", "redis"): 0,
        ("sample", "database"): 1,
        ("sample", "redis"): 1,
    }
    assert set(values(body, "service")("concord_queue_length")) == {("sample",)}
    assert "redis_errors_total" in body


def test_a_statement_that_fails_costs_its_own_figures_only(described: Callable[..., RelayedService]) -> None:
    def fail(session: Session) -> list[Metric]:
        session.execute(text("select * from no_such_table"))
        return []

    relay = Relay([described(collectors=[fail, count_jobs])])
    body = generate_latest(registry_of(relay.collector())).decode()
    assert values(body, "service", "source")("concord_relay_source_up")["sample", "database"] == 0
    assert ("sample",) in values(body, "service")("sample_jobs_seen")


def test_a_long_statement_is_cut_off_by_the_database(described: Callable[..., RelayedService]) -> None:
    ended: list[str] = []

    def sleep(session: Session) -> list[Metric]:
        try:
            session.execute(text("select pg_sleep(60)"))
        finally:
            ended.append(session.info["database"].engine.url.drivername)
        return []

    relay = Relay([described(collectors=[sleep])])
    body = generate_latest(registry_of(relay.collector())).decode()
    assert values(body, "service", "source")("concord_relay_source_up")["sample", "database"] == 0
    deadline = time.monotonic() + 20
    while not ended:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_hangs_is_left_out_and_not_asked_twice() -> None:
    release, asked = threading.Event(), list[str]()

    def hang() -> list[Metric]:
        asked.append("hang")
        release.wait(60)
        return [gauge("too_late", "a", 1)]

    sources = [
        Source("a", "database", [lambda: [gauge("early", "a", 1)], hang]),
        Source("a", "redis", [lambda: [gauge("other", "a", 1)]]),
    ]
    collector = SourceCollector(sources, seconds=0.2)
    for _ in range(3):
        body = generate_latest(registry_of(collector)).decode()
        assert values(body, "service", "source")("concord_relay_source_up") == {("a", "database"): 0, ("a", "redis"): 1}
        assert values(body, "service")("early") == {("a",): 1}
        assert "too_late" not in body
    assert asked == ["hang"]
    release.set()


@pytest.fixture
def running(described: Callable[..., RelayedService]) -> Iterator[str]:
    """The address of a whole relay's figures."""
    address = f"127.0.0.1:{free_port()}"
    relay = Relay([described()], metrics_address=address)
    thread = threading.Thread(target=relay.run)
    thread.start()
    yield address
    relay.stop.set()
    thread.join(20)
    assert not thread.is_alive()


def fetch(address: str) -> str:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
                body: str = answer.read().decode()
                return body
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_relay_serves_them_over_http(running: str) -> None:
    body = fetch(running)
    assert values(body, "service", "source")("concord_relay_source_up")["sample", "database"] == 1
    assert values(body, "service")("concord_relay_last_look_timestamp_seconds")["sample",] > 1.7e9
    assert values(body, "service", "part")("redis_errors_total")["sample", "relay"] >= 0


def test_a_taken_address_stops_no_relay() -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert serve(f"127.0.0.1:{other.getsockname()[1]}", registry_of()) is None
