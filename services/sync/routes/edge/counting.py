"""What web processes count of the calls of edges, refusals included."""

from typing import Any, Final

import flask
from prometheus_client import Counter, Histogram

from services.sync.routes.edge import answers

REQUESTS = Counter("sync_edge_requests", "Calls of edges.", ["endpoint", "mode", "status"])
SECONDS = Histogram(
    "sync_edge_duration_seconds",
    "From a call of an edge to its answer.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)
BYTES = Counter("sync_edge_bytes", "Bytes sent to edges, as they travel.", ["endpoint"])
USAGE_ROWS = Counter("sync_usage_rows", "Uses that edges reported, by what became of them.", ["result"])
PREFIX: Final = "/edge/"


def note(*, mode: str | None = None, usages: Any = None) -> None:
    """For the count that follows the answer."""
    flask.g.edge_mode, flask.g.edge_usages = mode, usages


def counted(response: flask.Response) -> flask.Response:
    """After each request, once it is committed or refused."""
    rule = flask.request.url_rule.rule if flask.request.url_rule else ""
    if PREFIX not in rule:
        return response
    endpoint = rule.rpartition("/")[2]
    REQUESTS.labels(endpoint, flask.g.get("edge_mode") or "", str(response.status_code)).inc()
    SECONDS.labels(endpoint).observe(answers.seconds())
    BYTES.labels(endpoint).inc(response.content_length or 0)
    usages = flask.g.get("edge_usages")
    if usages is not None and response.status_code < 300:
        for result, rows in (
            ("created", usages.created),
            ("duplicate", usages.duplicates),
            ("error", len(usages.errors)),
        ):
            USAGE_ROWS.labels(result).inc(rows)
    return response
