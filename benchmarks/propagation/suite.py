"""Runs both sides in turns and keeps what each cost."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from benchmarks.measuring import Cost, Figures, Meter
from benchmarks.propagation import limit, peer
from benchmarks.propagation.service import Service
from benchmarks.propagation.trees import Tree, copy
from services.propagation.config import Settings

PEER_AT_MOST = 1110
LEAST, LEAST_PREVIEWED = 5000, 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """A subtree: its root in both databases, and a dimension of its own, so that runs do not take over each other's
    values (a change of lineage would cost more than a change of value)."""

    strings: int
    number: int
    root: int
    dimension: int


@dataclass
class Bench:
    """One tree in both databases. `values` never repeats a value twice in a row."""

    meter: Meter
    service: Service
    connection: psycopg.Connection[Any]
    own: psycopg.Connection[Any]
    tree: Tree
    jobs: "itertools.count[int]"

    @classmethod
    def make(cls, meter: Meter, settings: Settings, tree: Tree, name: str) -> "Bench":
        """`own` is the administrator's connection to the service's database."""
        meter.admin.execute(f"create database {name}")
        connection = psycopg.connect(meter.server.url_of(name))
        copy(connection, tree)
        own = psycopg.connect(meter.server.url_of("concord_propagation"), autocommit=True)
        bench = cls(meter, Service.with_tree(settings, tree), connection, own, tree, itertools.count(1))
        bench.tidy()
        return bench

    @property
    def address(self) -> str:
        """Of the limit's database."""
        return self.meter.server.url_of(self.connection.info.dbname)

    def target(self, level: int, dimension: int) -> Target:
        """The first string of a level; in the limit's tables strings are numbered level by level."""
        below = sum(self.tree.counts[level:]) // self.tree.counts[level - 1]
        return Target(below, sum(self.tree.counts[: level - 1]), self.service.root_at(level), dimension)

    def repeat(self, target: Target, figures: Figures, *, repetitions: int) -> None:
        """The first round, in which lineage changes and everything is cold, is not counted."""
        apply_by_index, preview_by_index = self._cheaper(target, self.limit), self._cheaper(target, self.preview_limit)
        for round_number in range(repetitions + 1):
            kept = Figures() if round_number == 0 else figures
            kept.add("apply/limit", self.limit(target, by_index=apply_by_index))
            if target.strings <= PEER_AT_MOST:
                kept.add("apply/peer", self.peer(target))
            kept.add("apply/service", self.run(target))
            kept.add("preview/limit", self.preview_limit(target, by_index=preview_by_index))
            kept.add("preview/service", self.preview(target))
            self.tidy()
        assert limit.differences(self.connection) == 0

    def _cheaper(self, target: Target, work: Callable[..., Cost]) -> bool:
        """Whether the limit is lower when PostgreSQL may not scan whole tables; each tried twice, the first is cold."""
        tried = [(work(target, by_index=by_index).cpu, by_index) for by_index in (True, False, True, False)]
        self.tidy()
        return min(tried[2:])[1]

    def limit(self, target: Target, *, by_index: bool) -> Cost:
        where = {"root": target.number, "dimension": target.dimension}
        with self._measuring(target) as (cost, times):
            for _ in times:
                job, value = self._next(target)
                count = limit.apply(self.connection, **where, value=value, job=job, by_index=by_index)
                assert count == target.strings, count
        return cost

    def run(self, target: Target) -> Cost:
        with self._measuring(target) as (cost, times):
            for _ in times:
                count = self.service.apply(self._request(target))
                assert count == target.strings + 1, count
        return cost

    @contextmanager
    def _measuring(self, target: Target, *, least: int = LEAST) -> Iterator[tuple[Cost, range]]:
        """Small ones are repeated: the clock counts hundredths of a second."""
        times = range(max(1, least // target.strings))
        with self.meter.measuring(target.strings * len(times)) as cost:
            yield cost, times
        cost.statements //= len(times)

    def peer(self, target: Target) -> Cost:
        job, value = self._next(target)
        engine = create_engine(make_url(self.address).set(drivername="postgresql+psycopg"))
        with Session(engine) as warm:
            warm.connection()
        with self.meter.measuring(target.strings) as cost, Session(engine) as session:
            count = peer.recurse(session, target.number, dimension=target.dimension, value=value, job=job)
            session.commit()
        engine.dispose()
        assert count == target.strings, count
        return cost

    def preview_limit(self, target: Target, *, by_index: bool) -> Cost:
        where = {"root": target.number, "dimension": target.dimension}
        with self._measuring(target, least=LEAST_PREVIEWED) as (cost, times):
            for _ in times:
                count = limit.preview(self.connection, **where, value="v", by_index=by_index)
                assert count == target.strings, count
        return cost

    def preview(self, target: Target) -> Cost:
        request = self._request(target)
        with self._measuring(target, least=LEAST_PREVIEWED) as (cost, times):
            for _ in times:
                summary = self.service.preview(request)
                assert summary["total_affected"] == target.strings + 1, summary
        return cost

    def tidy(self) -> None:
        self.connection.execute("truncate string_audit")
        self.connection.commit()
        self.meter.vacuum(self.connection.info.dbname, "concord_propagation")

    def _next(self, target: Target) -> tuple[int, str]:
        job = next(self.jobs)
        return job, f"v{target.dimension}x{job % 49 + 1}"

    def _request(self, target: Target) -> Any:
        _job, value = self._next(target)
        return self.service.request(target.root, dimension=target.dimension, value=value, depth=len(self.tree.counts))


def sizes_of(tree: Tree, smallest: int = 1000) -> Sequence[int]:
    """Levels whose strings have at least this many others below them, the smallest subtree first."""
    levels = range(len(tree.counts), 0, -1)
    below: Callable[[int], int] = lambda level: sum(tree.counts[level:]) // tree.counts[level - 1]  # noqa: E731
    return [level for level in levels if below(level) >= smallest]
