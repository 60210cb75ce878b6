"""Kinds of work on one tree through the API: an edit, a batch, a value renamed, a rule edited, a run undone, two
editors at once, several workers; each beside its limit, and beside the peer on fewer strings."""

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from benchmarks.measuring import Cost, Figures
from benchmarks.propagation import limit, peer
from benchmarks.propagation.calling import Caller
from benchmarks.propagation.suite import Bench

BATCH = 100
BATCHES = 5
PEER_STRINGS = 1000
AT_ONCE, BY_WORKER = 10_000_000, 1
# Each work has a dimension of its own, or values that another one does not look for.
EDITED, BATCHED = 1, 2


@dataclass
class Works:
    """`values` never repeats a value twice in a row; names of values are kept in step on both sides."""

    bench: Bench
    caller: Caller
    figures: Figures
    number: "itertools.count[int]"

    @classmethod
    def of(cls, bench: Bench, caller: Caller) -> "Works":
        return cls(bench, caller, Figures(), itertools.count(1))

    def measure(self, *, repetitions: int) -> None:
        """The first round, in which lineage changes and everything is cold, is not counted."""
        for round_number in range(repetitions + 1):
            counted, self.figures = self.figures, self.figures if round_number else Figures()
            for work in (self.edit, self.edit_and_undo, self.batch, self.rename, self.edit_rule, self.two_editors):
                work()
                self.bench.tidy()
            self.figures = counted
        self._peer()

    def edit(self) -> None:
        """In the request, whatever the number."""
        value = self._next()
        self.caller.configure(background_processing_threshold=AT_ONCE)
        with self._limit("edit") as (connection, job):
            count = limit.change_below(connection, [0], dimension=EDITED, value=f"v{EDITED}x{value}", job=job)
        with self.caller.measuring() as cost:
            answer = self._choose(EDITED, value)
        self._keep("edit", cost, count, answer["propagation_summary"]["total_affected"])

    def edit_and_undo(self) -> None:
        """By one worker, and taken back by it."""
        value, before = self._next(), self._held(EDITED)
        self.caller.configure(background_processing_threshold=BY_WORKER)
        with self._limit("worker") as (connection, job):
            count = limit.change_below(connection, [0], dimension=EDITED, value=f"v{EDITED}x{value}", job=job)
        with self.caller.measuring(workers=1) as cost:
            job_id = self._choose(EDITED, value)["propagation_summary"]["job_id"]
        self._keep("worker", cost, count, self.caller.job(job_id)["processed_strings"])
        with self._limit("undo") as (connection, again):
            count = limit.undo(connection, undone=job, dimension=EDITED, old=before, job=again)
        with self.caller.measuring(workers=1) as cost:
            undo = self.caller.call("POST", f"jobs/{job_id}/undo", {})
        self._keep("undo", cost, count, self.caller.job(undo["id"])["processed_strings"])

    def batch(self) -> None:
        """A hundred edits in one call, a few times: below a flat family's strings there is nothing."""
        values = [self._next() for _ in range(BATCHES)]
        self.caller.configure(background_processing_threshold=AT_ONCE)
        level, first = self._batch_level()
        roots, details = range(first, first + BATCH), self._details(BATCHED, level=level)
        with self._limit("batch") as (connection, job):
            count = sum(
                limit.change_below(connection, roots, dimension=BATCHED, value=f"v{BATCHED}x{value}", job=job)
                for value in values
            )
        done = 0
        with self.caller.measuring() as cost:
            for value in values:
                chosen = self.values[BATCHED, value]
                updates = [{"string_detail_id": detail_id, "dimension_value": chosen} for detail_id in details]
                done += self.caller.call("PUT", "string-details/batch_update", {"updates": updates})["total_affected"]
        cost.statements //= BATCHES
        self._keep("batch", cost, count, done)

    def rename(self) -> None:
        """The value that all strings hold."""
        old = self._held(EDITED)
        new = f"named{next(self.number)}"
        self.caller.configure(background_processing_threshold=BY_WORKER)
        with self._limit("rename") as (connection, job):
            count = limit.rename(connection, dimension=EDITED, old=old, value=new, job=job)
        value_id = self._one("select max(id) from dimension_values where tenant_id = %s and value = %s", old)
        with self.caller.measuring(workers=1) as cost:
            summary = self._summary("PATCH", f"dimension-values/{value_id}", {"value": new})
        self._keep("rename", cost, count, self.caller.job(summary["job_id"])["processed_strings"])

    def edit_rule(self) -> None:
        """Another suffix in the names of the lowest level."""
        counts = self.bench.tree.counts
        first, last, suffix = sum(counts[:-1]), sum(counts) - 1, f"s{next(self.number)}"
        self.caller.configure(background_processing_threshold=BY_WORKER)
        with self._limit("rule") as (connection, job):
            count = limit.edit_rule(connection, first=first, last=last, dimension=BATCHED, suffix=suffix, job=job)
        part = self._one(
            """select r.id from rule_details r join fields f on f.id = r.field_id join dimensions d
               on d.id = r.dimension_id where r.tenant_id = %s and f.field_level = %s and d.name = %s""",
            len(counts), f"D{BATCHED}",
        )  # fmt: skip
        with self.caller.measuring(workers=1) as cost:
            summary = self._summary("PATCH", f"rule-details/{part}", {"suffix": suffix})
        self._keep("rule", cost, count, self.caller.job(summary["job_id"])["processed_strings"])

    def two_editors(self) -> None:
        """Two choices of the topmost string at the same moment: each string is written twice."""
        value = self._next()
        self.caller.configure(background_processing_threshold=BY_WORKER)
        editors = (EDITED, BATCHED)

        def edit(dimension: int) -> int:
            with psycopg.connect(self.bench.address) as own:
                own.execute("select from string where id = 0 for update")  # the second sees what the first has done
                text = f"v{dimension}x{value}"
                return limit.change_below(own, [0], dimension=dimension, value=text, job=next(self.bench.jobs))

        with self.bench.meter.measuring(1) as cost, ThreadPoolExecutor(2) as pool:
            count = sum(pool.map(edit, editors))
        self._add("editors", "limit", cost, count)
        with self.caller.measuring(workers=2) as cost:
            asked = [self._choose(dimension, value)["propagation_summary"]["job_id"] for dimension in editors]
        done = sum(self.caller.job(job_id)["processed_strings"] for job_id in asked)
        self._keep("editors", cost, count, done)

    def workers(self, numbers: Sequence[int], *, repetitions: int) -> None:
        """The same edit by one, two and four workers."""
        for round_number in range(repetitions + 1):
            counted, self.figures = self.figures, self.figures if round_number else Figures()
            value = self._next()
            with self._limit("worker") as (connection, job):
                count = limit.change_below(connection, [0], dimension=EDITED, value=f"v{EDITED}x{value}", job=job)
            for number in numbers:
                self.caller.configure(background_processing_threshold=BY_WORKER, max_parallel_workers=number)
                with self.caller.measuring(workers=number, peak=True) as cost:
                    job_id = self._choose(EDITED, self._next())["propagation_summary"]["job_id"]
                assert self.caller.job(job_id)["processed_strings"] == count
                self.figures.costs["worker/limit"][-1].items = count
                self._add("worker", f"{number} workers" if number > 1 else "1 worker", cost, count)
                self.bench.tidy()
            self.figures = counted

    def _peer(self) -> None:
        """Fewer strings, once; what it does to each does not depend on why they were picked."""
        ids = range(1, PEER_STRINGS + 1)
        job = next(self.bench.jobs)
        engine = create_engine(make_url(self.bench.address).set(drivername="postgresql+psycopg"))
        with Session(engine) as warm:
            warm.connection()
        with self.bench.meter.measuring(PEER_STRINGS) as cost, Session(engine) as session:
            peer.one_by_one(session, ids, dimension=BATCHED, value=f"v{BATCHED}x1", job=job)
            session.commit()
        engine.dispose()
        for work in ("edit", "batch", "rename", "rule", "undo"):
            self.figures.add(f"{work}/peer", cost)

    @contextmanager
    def _limit(self, work: str) -> Iterator[tuple[psycopg.Connection[Any], int]]:
        """Measures what is done over the limit's connection; the strings are counted by `_keep`."""
        with self.bench.meter.measuring(1) as cost:
            yield self.bench.connection, next(self.bench.jobs)
        self.figures.add(f"{work}/limit", cost)

    def _keep(self, work: str, cost: Cost, limited: int, done: int) -> None:
        """The limit's last cost, and the service's, by their strings."""
        self.figures.costs[f"{work}/limit"][-1].items = limited
        assert abs(done - limited) <= limited / 5, (work, done, limited)
        self._add(work, "service", cost, done)

    def _add(self, work: str, side: str, cost: Cost, items: int) -> None:
        cost.items = items
        self.figures.add(f"{work}/{side}", cost)

    def _choose(self, dimension: int, value: int) -> dict[str, Any]:
        body = {"dimension_value": self.values[dimension, value]}
        return self.caller.call("PATCH", f"string-details/{self._details(dimension, level=1)[0]}", body)

    def _summary(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        summary: dict[str, Any] = self.caller.call(method, path, body)["propagation_summary"]
        return summary

    def _next(self) -> int:
        """1 to 48: another one than the last."""
        return next(self.number) % 48 + 1

    def _batch_level(self) -> tuple[int, int]:
        """The highest level with enough strings (from 1), and the number of its first."""
        counts = self.bench.tree.counts
        level = next(level for level, count in enumerate(counts, start=1) if count >= BATCH)
        return level, sum(counts[: level - 1])

    @cached_property
    def values(self) -> dict[tuple[int, int], int]:
        """Ids of list values by dimension and number."""
        rows = self.bench.own.execute(
            """select substr(d.name, 2)::int, row_number() over (partition by d.id order by v.id) - 1, v.id
               from dimension_values v join dimensions d on d.id = v.dimension_id where v.tenant_id = %s""",
            [self._tenant],
        )
        return {(dimension, number): value_id for dimension, number, value_id in rows}

    def _details(self, dimension: int, *, level: int) -> list[int]:
        rows = self.bench.own.execute(
            """select t.id from string_details t join dimensions d on d.id = t.dimension_id
               join strings s on s.id = t.string_id join fields f on f.id = s.field_id
               where t.tenant_id = %s and d.name = %s and f.field_level = %s order by s.id limit %s""",
            [self._tenant, f"D{dimension}", level, BATCH],
        )
        return [detail_id for (detail_id,) in rows]

    def _held(self, dimension: int) -> str:
        """What the topmost string holds."""
        chosen = self._details(dimension, level=1)[0]
        return str(
            self._one(
                """select v.value from string_details t join dimension_values v on v.id = t.dimension_value_id
                   where t.tenant_id = %s and t.id = %s""",
                chosen,
            )
        )

    def _one(self, statement: str, *parameters: Any) -> Any:
        row = self.bench.own.execute(statement, [self._tenant, *parameters]).fetchone()
        assert row is not None
        return row[0]

    @property
    def _tenant(self) -> Any:
        return self.bench.service.context.tenant_id
