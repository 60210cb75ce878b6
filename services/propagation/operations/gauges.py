"""What the relay shows of this service at `/metrics`, over all tenants, in two statements.

Counters begin anew at midnight UTC: they are counted from the rows of the day, so that every copy of the relay shows
the same figure, a restart loses nothing, and no clean-up takes anything back (it leaves a day's rows alone).
Prometheus knows resets.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import DateTime, Float, Row, cast, func, select, text
from sqlalchemy.orm import Session

from services.propagation.domain.plan import StaleReason
from services.propagation.models import Job
from services.propagation.models.runs import ERROR_TYPES
from services.propagation.operations.runs.job_rows import KIND
from shared.jobs.models import ENDED

METHODS = ("synchronous", "background", "chunked")
BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
# Over which time the speed is taken.
SPEED = "15 minutes"

_MIDNIGHT = func.date_trunc("day", func.now(), "UTC", type_=DateTime(timezone=True))


def read_runs(session: Session) -> Iterable[Metric]:
    """Runs that ended today, by status and method, what they changed and how long they took."""
    seconds = cast(func.extract("epoch", Job.completed_at - Job.started_at), Float)
    today, just_now = Job.completed_at >= _MIDNIGHT, Job.completed_at >= func.now() - text(f"interval '{SPEED}'")
    statement = (
        select(
            Job.status,
            Job.processing_method,
            func.count().filter(today).label("runs"),
            func.coalesce(func.sum(Job.processed).filter(today), 0).label("strings"),
            func.coalesce(func.sum(seconds).filter(today), 0).label("seconds"),
            func.coalesce(func.sum(Job.processed).filter(just_now), 0).label("strings_just_now"),
            func.coalesce(func.sum(seconds).filter(just_now), 0).label("seconds_just_now"),
            *(func.count().filter(today, seconds <= bound).label(f"upto_{n}") for n, bound in enumerate(BUCKETS)),
        )
        .where(
            Job.kind == KIND,
            Job.parent_id.is_(None),
            Job.started_at.is_not(None),
            Job.completed_at >= func.least(_MIDNIGHT, func.now() - text(f"interval '{SPEED}'")),
        )
        .group_by(Job.status, Job.processing_method)
    )
    found = {(row.status, row.processing_method): row for row in session.execute(statement)}
    return [*_runs(found), _durations(found), _speed(list(found.values()))]


def _runs(found: Mapping[tuple[str, str], Row[Any]]) -> Iterable[Metric]:
    runs = CounterMetricFamily("propagation_runs", "Runs that ended.", labels=["status", "method"])
    strings = CounterMetricFamily("propagation_strings_regenerated", "Strings that runs changed.", labels=["method"])
    for method in METHODS:
        of_method = {status: found.get((status, method)) for status in ENDED}
        for status, row in of_method.items():
            runs.add_metric([status, method], row.runs if row else 0)
        strings.add_metric([method], sum(float(row.strings) for row in of_method.values() if row))
    return runs, strings


def _durations(found: Mapping[tuple[str, str], Row[Any]]) -> Metric:
    histogram = HistogramMetricFamily(
        "propagation_run_duration_seconds", "From the start of a run to its end.", labels=["method"]
    )
    for method in METHODS:
        rows = [row for (_status, row_method), row in found.items() if row_method == method]
        buckets = [(str(bound), sum(getattr(row, f"upto_{n}") for row in rows)) for n, bound in enumerate(BUCKETS)]
        buckets.append(("+Inf", sum(row.runs for row in rows)))
        histogram.add_metric([method], buckets, sum(row.seconds for row in rows))
    return histogram


def _speed(rows: list[Row[Any]]) -> Metric:
    gauge = GaugeMetricFamily(
        "propagation_strings_per_second", f"Strings changed per second of the runs that ended in the last {SPEED}."
    )
    seconds = sum(row.seconds_just_now for row in rows)
    if seconds:
        gauge.add_metric([], sum(float(row.strings_just_now) for row in rows) / seconds)
    return gauge


def read_errors(session: Session) -> Iterable[Metric]:
    """Errors and stale strings: counts over all tenants, which only this function of the database may see."""
    found = {
        (row.name, row.label): row.number
        for row in session.execute(text("select name, label, number from propagation_gauges()"))
    }
    errors = CounterMetricFamily("propagation_errors", "Errors of runs.", labels=["error_type"])
    unresolved = GaugeMetricFamily(
        "propagation_unresolved_errors", "Errors of runs that nobody has resolved.", labels=["error_type"]
    )
    stale = GaugeMetricFamily("propagation_stale_strings", "Strings behind their details.", labels=["reason"])
    for error_type in ERROR_TYPES:
        errors.add_metric([error_type], found.get(("errors", error_type), 0))
        unresolved.add_metric([error_type], found.get(("unresolved", error_type), 0))
    for reason in StaleReason:
        stale.add_metric([str(reason)], found.get(("stale", str(reason)), 0))
    return errors, unresolved, stale
