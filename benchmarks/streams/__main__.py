"""`python -m benchmarks.streams [STREAMS]`: how long a simple read takes while so many look on [200], and their cost.

Everything is as in the stack: nginx, one web process with eight threads, one process for all streams.
"""

import os
import signal
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import server
from benchmarks.propagation.service import migrate
from tests.faults.copies import Copy, streams_of_propagation
from tests.faults.servers import Valkey
from tests.faults.watching import Watchers
from tests.fixtures.people import Issuer
from tests.gateway.stage import Proxy, nginx_binaries, start

READS, READERS, REPETITIONS, IDLE_SECONDS = 400, 4, 3, 10
PATH = "/api/propagation/v1/strings?limit=5"


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


def measured(found: House, streams: int) -> str:
    with Watchers(found.gateway.port, found.token, "/api/propagation/v1/events") as watchers:
        opened = watchers.open(streams)
        before = found.cpu()
        time.sleep(IDLE_SECONDS)
        idle = [(now - then) * 1000 / IDLE_SECONDS for now, then in zip(found.cpu(), before, strict=True)]
        with ThreadPoolExecutor(READERS) as readers:
            answers = list(readers.map(found.read, range(READS)))
        still = watchers.open_now()
    times = statistics.quantiles([seconds * 1000 for _status, seconds in answers], n=100)
    failed = READS - Counter(status for status, _seconds in answers)[200]
    told = f"{times[49]:.0f} | {times[94]:.0f} | {times[98]:.0f} | {failed} | {idle[0]:.0f} | {idle[1]:.0f}"
    refused = ", ".join(f"{count} times {status}" for status, count in opened.items() if status != 200)
    return f"| {streams} | {refused or 'all'} | {still} | {told} | {os.getloadavg()[0]:.1f} |"


def main(streams: int) -> None:
    print(
        "| streams | opened | still open | read p50 ms | p95 | p99 | failed | streams' CPU ms/s | database's | load |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with house() as found:
        for _ in range(REPETITIONS):
            for count in (0, streams):
                print(measured(found, count), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
