"""What the relay shows of this service at `/metrics`, over all tenants, in two statements.

Counters begin anew at midnight UTC: they are counted from the runs that ended on this day, so that every copy of the
relay shows the same figure and a restart loses nothing. Prometheus knows resets.
"""

from collections.abc import Iterable
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.sync.domain.tally import BESIDE, OUTCOMES

BUCKETS = (1, 5, 15, 60, 300, 900, 3600, 14400)
# One metric for each name that the function tells, with the name of its second label.
_COUNTERS = {
    "runs": ("sync_runs", "Runs that ended.", "status"),
    "rows": ("sync_rows", "Rows of runs that ended.", "outcome"),
}
_GAUGES = {
    "speed": ("sync_rows_per_second", "Rows extracted in a second by the runs that ended in the last 15 minutes."),
    "quarantine": ("sync_quarantine_open", "Rows in quarantine that nobody has settled."),
    "conflicts": ("sync_conflicts_open", "Conflicts that wait for a decision."),
    "age": ("sync_watermark_age_seconds", "Since the start of the last run that advanced the watermark."),
    "interval": ("sync_schedule_interval_seconds", "From the last due time of a pipeline to its next one."),
}


def read_figures(session: Session) -> Iterable[Metric]:
    """Counts over all tenants, which only this function of the database may see."""
    found: dict[str, list[Row[Any]]] = {}
    for row in session.execute(text("select name, pipeline, label, number from sync_figures()")):
        found.setdefault(row.name, []).append(row)
    for name, (metric, about, label) in _COUNTERS.items():
        counter = CounterMetricFamily(metric, about, labels=["pipeline", label])
        for row in found.get(name, []):
            if name != "rows" or row.label in (*OUTCOMES, *BESIDE):
                counter.add_metric([row.pipeline, row.label], row.number)
        yield counter
    for name, (metric, about) in _GAUGES.items():
        gauge = GaugeMetricFamily(metric, about, labels=["pipeline"])
        for row in found.get(name, []):
            gauge.add_metric([row.pipeline], row.number)
        yield gauge
    requests = session.execute(text("select pipeline, status, number from sync_request_figures()")).all()
    yield from _traffic(requests, found.get("source", []))
    yield _durations(found.get("duration", []))
    oldest = max((row.number for row in found.get("checkpoint", [])), default=0.0)
    about = "Since the last checkpoint of the running run whose is the oldest."
    yield GaugeMetricFamily("sync_oldest_checkpoint_age_seconds", about, value=oldest)


def _traffic(asked: Iterable[Row[Any]], rows: Iterable[Row[Any]]) -> Iterable[Metric]:
    requests = CounterMetricFamily("sync_source_requests", "Requests to sources.", labels=["pipeline", "status"])
    retries = CounterMetricFamily("sync_source_retries", "Requests to sources that were repeated.", labels=["pipeline"])
    for row in asked:
        requests.add_metric([row.pipeline, row.status], row.number)
    for row in rows:
        if row.label == "retries":
            retries.add_metric([row.pipeline], row.number)
    return requests, retries


def _durations(rows: Iterable[Row[Any]]) -> Metric:
    histogram = HistogramMetricFamily("sync_run_duration_seconds", "From start to end of a run.", labels=["pipeline"])
    by_pipeline: dict[str, dict[str, float]] = {}
    for row in rows:
        by_pipeline.setdefault(row.pipeline, {})[row.label] = row.number
    for pipeline, figures in sorted(by_pipeline.items()):
        total, seconds = figures.pop("count"), figures.pop("sum")
        bounds = [(str(float(bound)), figures.get(str(bound), 0.0)) for bound in BUCKETS]
        histogram.add_metric([pipeline], [*bounds, ("+Inf", total)], seconds)
    return histogram
