"""Prometheus metrics: one name in all services, told apart by the label `service`.

Web processes share their counts through files when PROMETHEUS_MULTIPROC_DIR is set (gunicorn must empty that folder
at its start and call `worker_ended` from `child_exit`). RQ's forked children must not set it: each would leave a
file behind; what concerns jobs is read from the job table instead (`JobCollector`).
"""

import os
from collections.abc import Iterable
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Engine, ExceptionContext, Select, event, func, or_, select
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
CACHE_REQUESTS = Counter("redis_cache_requests", "Look-ups in a cache.", ["service", "cache"])
CACHE_HITS = Counter("redis_cache_hits", "Look-ups that found what they looked for.", ["service", "cache"])
CACHE_BYTES = Counter(
    "redis_cache_bytes",
    "Bytes of stored entries, as they are and as they were before compression.",
    ["service", "cache", "form"],
)
RATE_LIMIT_REQUESTS = Counter(
    "concord_rate_limit_requests", "Requests that a quota looked at.", ["service", "quota", "verdict"]
)
VERSION_CONFLICTS = Counter("version_conflicts", "Changes refused because of a stale version.", ["service", "status"])
IDEMPOTENT_REPLAYS = Counter("concord_idempotent_replays", "Answers repeated for a known key.", ["service"])
OUTBOUND_REQUESTS = Counter("concord_outbound_requests", "Calls to other services.", ["service", "callee", "outcome"])
RELAY_LOOK = Gauge(
    "concord_relay_last_look_timestamp_seconds",
    "When the relay last looked after the jobs of a service.",
    ["service"],
    multiprocess_mode="max",
)
DUTY_FAILURES = Counter("concord_relay_duty_failures", "Regular duties of the relay that failed.", ["service", "duty"])
AUDIT_WRITES = Counter("audit_log_writes", "Rows written to the audit log.", ["service"])
AUDIT_WRITE_FAILURES = Counter("audit_write_failures", "Writes that the audit log did not take.", ["service"])
AUDIT_FINDINGS = Gauge(
    "concord_audit_findings",
    "What the last verification of the audit log found; 0 is good.",
    ["service"],
    multiprocess_mode="max",
)


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


def exposition() -> tuple[bytes, str]:
    """Body and content type of `/metrics` of a web process, for this process or all of its kind."""
    if _is_multiprocess():
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = REGISTRY
    return generate_latest(registry), CONTENT_TYPE_LATEST


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


class JobCollector:
    """Gauges about the unfinished and dead jobs of a service, read with one statement per scrape.

    `job` is the mapped class or table of the jobs. The session that it is called with must be of a role that sees
    the jobs of all tenants (the relay's).
    """

    def __init__(self, service: str, job: Any) -> None:
        self._service = service
        self._job = getattr(job, "c", job)

    def __call__(self, session: Session) -> Iterable[Metric]:
        names = ["service", "kind", "queue"]
        jobs = GaugeMetricFamily("concord_jobs", "Unfinished jobs.", labels=[*names, "status"])
        oldest = GaugeMetricFamily(
            "concord_jobs_oldest_pending_seconds",
            "How long the job that has waited longest could have run already.",
            labels=names,
        )
        dead = GaugeMetricFamily("concord_jobs_dead_letter", "Failed jobs that nobody tries again.", labels=names)
        for kind, queue, status, count, age, dead_count in session.execute(self._statement()):
            of_kind = [self._service, kind, queue]
            if status in ("pending", "running"):
                jobs.add_metric([*of_kind, status], count)
            if status == "pending":
                oldest.add_metric(of_kind, float(age))
            if dead_count:
                dead.add_metric(of_kind, dead_count)
        return jobs, oldest, dead

    def _statement(self) -> Select[Any]:
        job = self._job
        # From `run_at`: a job that waits for its next attempt, or for its hour, is not late.
        age = func.greatest(func.extract("epoch", func.now() - func.min(job.run_at)), 0)
        dead = func.count().filter(job.dead_letter)
        # Each branch has a partial index.
        unfinished_or_dead = or_(job.status == "pending", job.status == "running", job.dead_letter)
        return (
            select(job.kind, job.queue, job.status, func.count(), age, dead)
            .where(unfinished_or_dead)
            .group_by(job.kind, job.queue, job.status)
        )
