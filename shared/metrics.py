"""Prometheus metrics: one name in all services, told apart by the label `service`.

Web processes share their counts through files when PROMETHEUS_MULTIPROC_DIR is set (gunicorn must empty that folder
at its start and call `worker_ended` from `child_exit`). RQ's forked children must not set it: each would leave a
file behind; what concerns jobs is read from the job table instead (`JobCollector`).
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, Engine, ExceptionContext, Select, case, event, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

REQUESTS = Counter("concord_http_requests", "Requests answered.", ["service", "method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "concord_http_request_duration_seconds",
    "Time from the request to its answer.",
    ["service", "method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 20),
)
REFUSALS = Counter("concord_refusals", "Requests refused, by problem code.", ["service", "code"])
ROLLBACKS = Counter("concord_transactions_rolled_back", "Units of work that failed.", ["service"])
DATABASE_ERRORS = Counter("concord_database_errors", "Errors from the database, by SQLSTATE.", ["service", "sqlstate"])
REDIS_ERRORS = Counter("redis_errors", "Calls to Redis that failed and were done without.", ["service", "part"])
RATE_LIMIT_REQUESTS = Counter(
    "concord_rate_limit_requests", "Requests that a quota looked at.", ["service", "quota", "verdict"]
)
VERSION_CONFLICTS = Counter("version_conflicts", "Changes refused because of a stale version.", ["service", "status"])
IDEMPOTENT_REPLAYS = Counter("concord_idempotent_replays", "Answers repeated for a known key.", ["service"])
OUTBOUND_REQUESTS = Counter("concord_outbound_requests", "Calls to other services.", ["service", "callee", "outcome"])


def request_ended(
    service: str,
    *,
    method: str,
    route: str | None,
    status: int,
    seconds: float,
    code: str | None = None,
) -> None:
    """Counts one answered request. `route` is the template (`/strings/<id>`), never the path; `code` is that of
    the problem, if the answer is one."""
    known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
    REQUESTS.labels(service, known, route or "unknown", str(status)).inc()
    REQUEST_SECONDS.labels(service, known, route or "unknown").observe(seconds)
    if code is not None:
        REFUSALS.labels(service, code).inc()
    if code == "version_conflict":
        VERSION_CONFLICTS.labels(service, str(status)).inc()


def exposition(*collectors: Collector) -> tuple[bytes, str]:
    """Body and content type of `/metrics`: this process (or all web processes), then the given collectors."""
    if _is_multiprocess():
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = REGISTRY
    body = generate_latest(registry)
    for collector in collectors:
        own = CollectorRegistry()
        own.register(collector)
        body += generate_latest(own)
    return body, CONTENT_TYPE_LATEST


def worker_ended(pid: int) -> None:
    """For gunicorn's `child_exit`: forgets the gauges of a web process that is gone."""
    if _is_multiprocess():
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _is_multiprocess() -> bool:
    # The variable is prometheus_client's own: it reads it while it is imported, before there are settings.
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


def count_database_errors(engine: Engine, service: str) -> None:
    """Counts errors and rollbacks of an engine; once per engine."""

    def failed(context: ExceptionContext) -> None:
        sqlstate = getattr(context.original_exception, "sqlstate", None)
        DATABASE_ERRORS.labels(service, sqlstate or "connection").inc()

    event.listen(engine, "handle_error", failed)
    event.listen(engine, "rollback", lambda _connection: ROLLBACKS.labels(service).inc())


class JobCollector(Collector):
    """Gauges about the unfinished and dead jobs of a service, read with one statement per scrape.

    `open_session` opens a transaction under a role that sees the jobs of all tenants (the relay's); `job` is the
    mapped class or table with kind, status, dead_letter and created_at.
    """

    def __init__(self, service: str, open_session: Callable[[], AbstractContextManager[Session]], job: Any) -> None:
        self._service = service
        self._open_session = open_session
        self._job = getattr(job, "c", job)

    def describe(self) -> Iterable[Metric]:
        return self._gauges()

    def collect(self) -> Iterator[Metric]:
        jobs, oldest, dead = self._gauges()
        try:
            with self._open_session() as session:
                found = session.execute(self._statement()).all()
        except SQLAlchemyError:
            return  # the other metrics are worth more than an error; a missing gauge is what alerts look for
        for kind, status, count, age, dead_count in found:
            if status in ("pending", "running"):
                jobs.add_metric([self._service, kind, status], count)
            if status == "pending":
                oldest.add_metric([self._service, kind], float(age))
            if dead_count:
                dead.add_metric([self._service, kind], dead_count)
        yield from (jobs, oldest, dead)

    @staticmethod
    def _gauges() -> tuple[GaugeMetricFamily, GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily("concord_jobs", "Unfinished jobs.", labels=["service", "kind", "status"]),
            GaugeMetricFamily(
                "concord_jobs_oldest_pending_seconds",
                "Age of the oldest job that waits.",
                labels=["service", "kind"],
            ),
            GaugeMetricFamily(
                "concord_jobs_dead_letter", "Failed jobs that nobody tries again.", labels=["service", "kind"]
            ),
        )

    def _statement(self) -> Select[Any]:
        job = self._job
        status: ColumnElement[str] = job.status
        created: ColumnElement[datetime] = job.created_at
        age = func.coalesce(func.extract("epoch", func.now() - func.min(created)), 0)
        return (
            select(
                job.kind,
                status,
                func.count(),
                age,
                func.sum(case((job.dead_letter, 1), else_=0)),
            )
            .where(or_(status.in_(["pending", "running"]), job.dead_letter))
            .group_by(job.kind, status)
        )
