"""What one piece of work costs: CPU of this process and of the whole server, time, log written, statements sent."""

import os
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from benchmarks import server
from benchmarks.server import Server

# A backend's CPU is the postmaster's once it has been reaped.
REAP_SECONDS = 0.15
_COUNT = """select coalesce(sum(calls), 0) from pg_stat_statements
where query !~* '^(begin|commit|rollback)' and query !~ 'pg_stat_statements|pg_current_wal'"""


def own_peak_mib() -> float:
    """Of this process since its program began; Linux's resource usage counts the parent that it was forked from."""
    status = Path("/proc/self/status")
    if status.is_file():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


@dataclass(slots=True)
class Cost:
    """`items` is what the work was done to; the figures of a table are per item. `own_mib` is the part of the peak that
    no other process shares."""

    items: int
    client_cpu: float = 0.0
    server_cpu: float = 0.0
    seconds: float = 0.0
    wal_bytes: int = 0
    statements: int = 0
    peak_mib: float | None = None
    own_mib: float | None = None

    @property
    def cpu(self) -> float:
        return self.client_cpu + self.server_cpu


@dataclass
class Meter:
    """Measures against one server; `admin` is a connection of its own."""

    server: Server
    admin: psycopg.Connection[Any]

    @contextmanager
    def measuring(self, items: int) -> Iterator[Cost]:
        cost = Cost(items)
        self.admin.execute("select pg_stat_statements_reset()")
        time.sleep(REAP_SECONDS)
        wal, server, client, clock = self._wal(), self.server.cpu_seconds(), os.times(), time.perf_counter()
        yield cost
        cost.seconds = time.perf_counter() - clock
        after = os.times()
        cost.client_cpu = after.user + after.system - client.user - client.system
        time.sleep(REAP_SECONDS)
        cost.server_cpu = self.server.cpu_seconds() - server
        cost.wal_bytes = self._wal() - wal
        cost.statements = self._one(_COUNT)

    def slowest(self, limit: int = 15) -> list[tuple[str, int, float, int]]:
        """(statement, calls, milliseconds, rows) since the last measurement began."""
        return self.admin.execute(
            "select regexp_replace(left(query, 100), '\\s+', ' ', 'g'), calls, total_exec_time + total_plan_time, rows"
            " from pg_stat_statements order by 3 desc limit %s",
            (limit,),
        ).fetchall()

    def vacuum(self, *databases: str) -> None:
        """What autovacuum would do."""
        for name in databases:
            with psycopg.connect(self.server.url_of(name), autocommit=True) as connection:
                connection.execute("vacuum analyze")

    def _wal(self) -> int:
        return self._one("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")

    def _one(self, statement: LiteralString) -> int:
        row = self.admin.execute(statement).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def metered() -> Iterator[Meter]:
    """A server of its own that counts its statements."""
    with server.running() as running, psycopg.connect(running.url, autocommit=True) as admin:
        admin.execute("create extension pg_stat_statements")
        yield Meter(running, admin)


@dataclass
class Figures:
    """Costs by (row of the table, reference), in the order in which they were measured."""

    costs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, cost: Cost) -> None:
        self.costs[name].append(cost)

    def median(self, name: str, of: Callable[[Cost], float]) -> float:
        return statistics.median(of(cost) for cost in self.costs[name])

    def ratio(self, name: str, reference: str) -> tuple[float, float, float]:
        """Median, least and greatest CPU per item, each repetition against the reference's of the same repetition."""
        pairs = [
            (mine.cpu / mine.items) / (theirs.cpu / theirs.items)
            for mine, theirs in zip(self.costs[name], self.costs[reference], strict=False)
        ]
        return statistics.median(pairs), min(pairs), max(pairs)

    def as_json(self) -> dict[str, Any]:
        return {name: [asdict(cost) for cost in costs] for name, costs in self.costs.items()}
