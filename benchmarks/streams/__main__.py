"""`python -m benchmarks.streams`: how long a simple read takes while many look on, and what they cost; `--write` also
into the reference."""

import os
import signal
import statistics
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks import server
from benchmarks.page import Suite
from benchmarks.propagation.service import migrate
from tests.faults.copies import Copy, streams_of_propagation
from tests.faults.servers import Valkey
from tests.faults.watching import Watchers
from tests.fixtures.people import Issuer
from tests.gateway.stage import Proxy, nginx_binaries, start

READS, READERS, IDLE_SECONDS = 400, 4, 10
# A stream whose reader has left ends at its next sign of life.
END_SECONDS = 20
PATH = "/api/propagation/v1/strings?limit=5"
ABOUT = """Simple reads (`GET strings?limit=5`, 400 of them, four at a time) through the gateway while event streams are
open beside them: nginx, one web process with eight threads, one process for all streams, as in the stack. CPU is that
of the stream process and of the database, in milliseconds a second, while nothing is read. The gateway lets in 250
streams of an address and 1,000 in all; who begins one waits up to 30 s for a database connection."""
SUITE = Suite("streams", "Many look on", ABOUT)
HEAD = "| streams | refused | still open | read p50 ms | p95 | p99 | failed | streams' CPU ms/s | database's |"


@dataclass(frozen=True)
class House:
    gateway: Proxy
    token: str
    postgres: server.Server
    stream: psutil.Process

    def read(self, _number: int) -> tuple[int, float]:
        began = time.perf_counter()
        status = self.gateway.get(PATH, Authorization=f"Bearer {self.token}").status
        return status, time.perf_counter() - began

    def cpu(self) -> tuple[float, float]:
        """Seconds so far of the stream process and of the database."""
        processes = [self.stream, *self.stream.children()]
        return sum(sum(process.cpu_times()[:2]) for process in processes), self.postgres.cpu_seconds()


@contextmanager
def house() -> Iterator[House]:
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory()))
        postgres = kept.enter_context(server.running())
        valkey = Valkey()
        kept.callback(valkey.stop, signal.SIGTERM)
        valkey.start()
        issuer = Issuer.make(folder)
        migrate(postgres.url, valkey.url, issuer.jwks)
        given = {"JWKS": str(issuer.jwks), "REDIS_URL": valkey.url, "RATE_LIMIT_PER_MINUTE": "0", "LOG_LEVEL": "ERROR"}
        environment = dict(os.environ) | {f"CONCORD_PROPAGATION_{name}": value for name, value in given.items()}
        web, stream = (
            Copy(environment, folder / "web.log"),
            Copy(environment, folder / "stream.log", streams_of_propagation, "/healthz"),
        )
        for copy in (web, stream):
            kept.callback(copy.stop)
            copy.start()
        assert stream.process is not None  # started just now
        upstreams = {"upstreams": {"propagation": web.address}, "stream": stream.address}
        gateway = kept.enter_context(start(nginx_binaries()[0], folder, rate="100000r/s", burst=1000, **upstreams))
        yield House(gateway, issuer.token(uuid.uuid4()), postgres, psutil.Process(stream.process.pid))


@dataclass(frozen=True)
class Look:
    """One measurement: how the streams fared, times of a read at 50, 95 and 99 %, CPU in ms/s while nothing is read."""

    streams: int
    refused: dict[int, int]
    still_open: int
    read_ms: tuple[float, float, float]
    failed: int
    stream_cpu: float
    database_cpu: float

    def row(self) -> str:
        refused = ", ".join(f"{count} times {status}" for status, count in self.refused.items()) or "none"
        reads = " | ".join(f"{each:.0f}" for each in self.read_ms)
        cells = (self.streams, refused, self.still_open, reads, self.failed)
        return f"| {' | '.join(map(str, cells))} | {self.stream_cpu:.0f} | {self.database_cpu:.0f} |"


def measured(found: House, streams: int) -> Look:
    with Watchers(found.gateway.port, found.token, "/api/propagation/v1/events") as watchers:
        opened = watchers.open(streams)
        before = found.cpu()
        time.sleep(IDLE_SECONDS)
        idle = [(now - then) * 1000 / IDLE_SECONDS for now, then in zip(found.cpu(), before, strict=True)]
        with ThreadPoolExecutor(READERS) as readers:
            answers = list(readers.map(found.read, range(READS)))
        still = watchers.open_now()
    time.sleep(END_SECONDS if streams else 0)
    times = statistics.quantiles([seconds * 1000 for _status, seconds in answers], n=100)
    failed = READS - Counter(status for status, _seconds in answers)[200]
    refused = {status: count for status, count in opened.items() if status != 200}
    return Look(streams, refused, still, (times[49], times[94], times[98]), failed, *idle)


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=3)
    given = parser.parse_args()
    with house() as found:
        looks = [measured(found, count) for _ in range(given.repetitions) for count in (0, given.streams)]
        machine = found.postgres.machine()
    table = "\n".join([HEAD, "|" + "---|" * 9, *(look.row() for look in looks)])
    SUITE.publish(machine, table, [asdict(look) for look in looks], write=given.write)


if __name__ == "__main__":
    main()
