"""The relay process: hands jobs to RQ, takes back lost ones, fires schedules, trims events, and does the periodic
duties of services. Any number of copies may run.

Each service has two threads of its own, so that one whose database is away does not hold up the others, and a long
duty does not hold up jobs.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import psycopg
import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from shared.db import Database
from shared.jobs.dispatch import BATCH, FULL_QUEUE, REDISPATCH_SECONDS, Dispatcher, reconcile
from shared.jobs.doorbell import CHANNEL
from shared.jobs.duties import Duties, Duty
from shared.jobs.events import trim_events
from shared.jobs.models import JobMixin
from shared.jobs.rq_queue import queue
from shared.jobs.scraping import Read, Source, SourceCollector, database_source, queue_source, registry_of, serve
from shared.metrics import REDIS_ERRORS, RELAY_LOOK, JobCollector
from shared.redis_client import connect
from shared.schedules import ScheduleMixin, fire_due
from shared.tenancy import Context

log = structlog.get_logger(__name__)

_NOBODY = Context(tenant_id=None)
_RECONCILE_SECONDS = 1.0
_TRIM_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True)
class RelayedService:
    """What the relay needs to know of a service; `relay_url` is the role that sees the jobs of all tenants.

    Lost jobs of the kinds `ends_in_worker` are handed to a worker once more when they are dead, to record it. `loops`
    get threads of their own; each works until the event that it is given is set.
    """

    name: str
    relay_url: str
    redis_url: str
    jobs: type[JobMixin]
    queues: Sequence[str]
    schedules: type[ScheduleMixin] | None = None
    duties: Sequence[Duty] = ()
    collectors: Sequence[Read] = ()
    loops: Sequence[Callable[[threading.Event], object]] = ()
    ends_in_worker: Collection[str] = ()
    timeout_seconds: int = 3600
    door: str = ""
    redispatch_seconds: float = REDISPATCH_SECONDS
    full_queue: int = FULL_QUEUE


class ServiceRelay:
    """The loop for one service."""

    def __init__(self, service: RelayedService, stop: threading.Event, *, poll_seconds: float = 0.5) -> None:
        self._service = service
        self._stop = stop
        self._poll_seconds = poll_seconds
        self._db = Database(service.relay_url, pool_size=2, lock_wait_seconds=5)
        connection = connect(service.redis_url)
        self._dispatcher = Dispatcher(
            service.jobs,
            service.door or f"services.{service.name}.jobs.perform",
            {name: queue(name, connection) for name in service.queues},
            service.timeout_seconds,
            service.redispatch_seconds,
            service.full_queue,
        )
        REDIS_ERRORS.labels(service.name, "relay")  # from 0 on, or nobody would see the first increase
        self.duties = Duties(service.name, self._db, service.duties, stop)
        self._due: dict[str, float] = {}
        self._redis_away = False
        self._redis_again_at = 0.0
        self.looked_at = 0.0

    def loop(self) -> None:
        """Works until told to stop; a database that goes away is tried again with growing pauses."""
        pause = 0.5
        while not self._stop.is_set():
            try:
                with self._listening() as bell:
                    while not self._stop.is_set():
                        self.look()
                        pause = 0.5
                        self._wait_for(bell)
            except (SQLAlchemyError, psycopg.Error) as failure:
                log.warning("relay_database_away", service=self._service.name, error=type(failure).__name__)
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            except Exception:
                log.exception("relay_failed", service=self._service.name)
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        self.close()

    def close(self) -> None:
        self._db.dispose()

    def look(self) -> None:
        """One pass over everything; each part commits by itself."""
        service = self._service
        if self._is_due("reconcile", _RECONCILE_SECONDS):
            with self._db.transaction(_NOBODY) as session:
                reconcile(session, service.jobs, ends_in_worker=service.ends_in_worker)
            if service.schedules is not None:
                with self._db.transaction(_NOBODY) as session:
                    fire_due(session, service.schedules, service.jobs)
        self._dispatch()
        if self._is_due("events", _TRIM_SECONDS):
            with self._db.transaction(_NOBODY) as session:
                trim_events(session, service.jobs.event_model)
        self.looked_at = time.time()
        RELAY_LOOK.labels(service.name).set(self.looked_at)

    def _dispatch(self) -> None:
        """Without Redis jobs wait in PostgreSQL; it is asked again only now and then, because each try takes time."""
        if time.monotonic() < self._redis_again_at:
            return
        while not self._stop.is_set():
            with self._db.transaction(_NOBODY) as session:
                handed = self._dispatcher.dispatch(session)
            if handed.failure is not None:
                REDIS_ERRORS.labels(self._service.name, "relay").inc()
                self._redis_again_at = time.monotonic() + 2
            if (handed.failure is not None) != self._redis_away:
                self._redis_away = handed.failure is not None
                log.warning("relay_redis_away" if self._redis_away else "relay_redis_back", service=self._service.name)
            if handed.jobs < BATCH:
                return

    def _is_due(self, name: str, interval_seconds: float) -> bool:
        if time.monotonic() < self._due.get(name, 0.0):
            return False
        self._due[name] = time.monotonic() + interval_seconds
        return True

    @contextlib.contextmanager
    def _listening(self) -> Iterator[psycopg.Connection]:
        url = make_url(self._service.relay_url).set(drivername="postgresql")
        address = url.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=5, application_name="concord-relay") as bell:
            bell.execute(f"listen {CHANNEL}")
            yield bell

    def _wait_for(self, bell: psycopg.Connection) -> None:
        for _ in bell.notifies(timeout=self._poll_seconds, stop_after=1):
            return


@dataclass
class Relay:
    """All services of one relay process."""

    services: Sequence[RelayedService]
    heartbeat_file: Path | None = None
    poll_seconds: float = 0.5
    stop: threading.Event = field(default_factory=threading.Event)
    metrics_address: str | None = None

    def run(self) -> None:
        """Until `stop` is set."""
        relays = {
            service.name: ServiceRelay(service, self.stop, poll_seconds=self.poll_seconds) for service in self.services
        }
        loops = [(name, loop) for name, relay in relays.items() for loop in (relay.loop, relay.duties.loop)]
        threads = [threading.Thread(target=loop, name=f"relay-{name}", daemon=True) for name, loop in loops]
        threads += [
            threading.Thread(target=loop, args=(self.stop,), name=f"relay-{service.name}", daemon=True)
            for service in self.services
            for loop in service.loops
        ]
        for name in relays:
            RELAY_LOOK.labels(name).set(time.time())  # so that a service that is never reached ages as well
        for thread in threads:
            thread.start()
        server = serve(self.metrics_address, registry_of(self.collector())) if self.metrics_address else None
        while not self.stop.wait(1.0):
            self._beat({name: relay.looked_at for name, relay in relays.items()})
        if server is not None:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join(timeout=10)

    def collector(self) -> SourceCollector:
        """What databases and Redis say of the jobs of all services, and what the services add."""
        return SourceCollector([source for service in self.services for source in _sources(service)])

    def _beat(self, looked_at: Mapping[str, float]) -> None:
        """The file holds when each service was last looked at (Unix time); who watches it judges the age."""
        if self.heartbeat_file is not None:
            temporary = self.heartbeat_file.with_suffix(".new")
            temporary.write_bytes(orjson.dumps(looked_at))
            temporary.replace(self.heartbeat_file)


def _sources(service: RelayedService) -> tuple[Source, Source]:
    connection = connect(service.redis_url)
    reads: list[Read] = [JobCollector(service.name, service.jobs), *service.collectors]
    return (
        database_source(service.name, service.relay_url, reads),
        queue_source(service.name, [queue(name, connection) for name in service.queues]),
    )


def run(
    services: Sequence[RelayedService],
    *,
    heartbeat_file: Path | None = None,
    poll_seconds: float = 0.5,
    metrics_address: str | None = None,
) -> None:
    """The whole relay process; ends on SIGTERM or SIGINT after the pass that it is in."""
    relay = Relay(services, heartbeat_file, poll_seconds, metrics_address=metrics_address)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: relay.stop.set())
    relay.run()
