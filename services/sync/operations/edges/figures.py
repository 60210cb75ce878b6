"""What the relay shows of edges at `/metrics`, over all tenants, in one statement."""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import text
from sqlalchemy.orm import Session


def read_figures(session: Session) -> Iterable[Metric]:
    """Counts over all tenants, which only this function of the database may see."""
    found = {row.name: row.number for row in session.execute(text("select name, number from sync_edge_figures()"))}
    about = "Active stores that have not called for two intervals."
    yield GaugeMetricFamily("sync_edge_stale_stores", about, value=found["stale"])
    about = "Compilations of a promotion that were wrong or impossible."
    yield CounterMetricFamily("sync_compile_errors", about, value=found["failures"])
