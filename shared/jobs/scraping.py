"""`/metrics` of the relay: what is known in this process, and what databases and Redis say when they are asked.

The sources are asked at the same time, each in a thread of its own, and whoever has not answered in time is left out:
a scrape ends, whatever hangs.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.server import HTTPServer
from typing import Any

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from rq import Queue
from sqlalchemy.orm import Session

from shared.db import Database
from shared.tenancy import Context

log = structlog.get_logger(__name__)

SCRAPE_SECONDS = 2.0
# What a service reads from its database, as the relay's role: a constant number of statements.
Read = Callable[[Session], Iterable[Metric]]


@dataclass(frozen=True)
class Source:
    """Something that may be away. `reads` are done one after the other, and one that fails does not stop the next."""

    service: str
    name: str
    reads: Sequence[Callable[[], Iterable[Metric]]]


def database_source(service: str, url: str, reads: Sequence[Read]) -> Source:
    """Connects anew at each scrape, so that nothing stale is left of a database that was away."""
    db = Database(url, pooled=False, statement_timeout_seconds=SCRAPE_SECONDS, lock_wait_seconds=1)

    def in_transaction(read: Read) -> Iterable[Metric]:
        with db.transaction(Context(tenant_id=None)) as session:
            return list(read(session))

    return Source(service, "database", [lambda read=read: in_transaction(read) for read in reads])  # type: ignore[misc]


def queue_source(service: str, queues: Sequence[Queue]) -> Source:
    """Lengths of the lists in Redis. `intermediate` holds what a worker has taken and not yet begun."""

    def lengths() -> Iterable[Metric]:
        gauge = GaugeMetricFamily(
            "concord_queue_length", "Hand-overs that lie in Redis.", labels=["service", "queue", "list"]
        )
        with queues[0].connection.pipeline(transaction=False) as pipe:
            for queue in queues:
                pipe.llen(queue.key)
                pipe.llen(queue.intermediate_queue_key)
            found = iter(pipe.execute())
        for queue in queues:
            gauge.add_metric([service, queue.name, "waiting"], next(found))
            gauge.add_metric([service, queue.name, "intermediate"], next(found))
        return [gauge]

    return Source(service, "redis", [lengths] if queues else [])


@dataclass
class _Answer:
    metrics: list[Metric] = field(default_factory=list)
    is_whole: bool = False


class _Reader:
    """Asks one source; a question that hangs is not asked a second time beside it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._answer = _Answer()

    def begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._answer = _Answer()
                self._thread = threading.Thread(target=self._read, args=(self._answer,), daemon=True)
                self._thread.start()

    def end(self, deadline: float) -> _Answer:
        """What has been said until then (monotonic time)."""
        assert self._thread is not None
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return replace(self._answer, metrics=list(self._answer.metrics))

    def _read(self, answer: _Answer) -> None:
        failures = 0
        for read in self.source.reads:
            try:
                answer.metrics.extend(read())
            except Exception as failure:
                failures += 1
                log.warning(
                    "scrape_failed", service=self.source.service, source=self.source.name, error=type(failure).__name__
                )
        answer.is_whole = not failures


class SourceCollector(Collector):
    """All sources in one exposition, and for each whether it gave all that it was asked for."""

    def __init__(self, sources: Sequence[Source], *, seconds: float = SCRAPE_SECONDS) -> None:
        self._readers = [_Reader(source) for source in sources]
        self._seconds = seconds

    def collect(self) -> Iterator[Metric]:
        deadline = time.monotonic() + self._seconds
        for reader in self._readers:
            reader.begin()
        up = GaugeMetricFamily(
            "concord_relay_source_up",
            "1 if the source answered the last scrape in full and in time.",
            labels=["service", "source"],
        )
        families: dict[str, Metric] = {}
        for reader in self._readers:
            answer = reader.end(deadline)
            up.add_metric([reader.source.service, reader.source.name], answer.is_whole)
            for metric in answer.metrics:
                # Services have families in common, and each may be listed once.
                families.setdefault(metric.name, _empty(metric)).samples.extend(metric.samples)
        yield from families.values()
        yield up


def _empty(metric: Metric) -> Metric:
    return Metric(metric.name, metric.documentation, metric.type, metric.unit)


def registry_of(*collectors: Collector) -> CollectorRegistry:
    """This process's own metrics and the given ones."""
    registry = CollectorRegistry()
    for collector in (REGISTRY, *collectors):
        registry.register(collector)
    return registry


def serve(address: str, registry: Collector) -> HTTPServer | None:
    """Serves `/metrics` at `host:port` from a thread. None if the address is taken: jobs matter more than figures."""
    host, _, port = address.rpartition(":")
    try:
        server: Any = start_http_server(int(port), host.strip("[]"), registry)[0]
    except OSError as failure:
        log.error("relay_metrics_not_served", address=address, error=str(failure))
        return None
    assert isinstance(server, HTTPServer)
    return server
