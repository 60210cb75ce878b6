"""What web processes count and log of the calls of edges, refusals included."""

import uuid
from typing import Any, Final

import flask
from prometheus_client import Counter, Histogram

from services.sync.domain.promotions.reading import as_uuid
from services.sync.operations.edges.checking import bound_store
from services.sync.operations.edges.contacts import Told
from services.sync.operations.edges.states import PROMOTIONS
from services.sync.queries.edges.lists import LISTS
from services.sync.routes.edge import answers
from services.sync.routes.edge.gathering import calls_gathered
from shared.tenancy import Context

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
ENDPOINTS: Final = frozenset({PROMOTIONS, "version", "keys", "usage", "token"} | {each.path for each in LISTS})


def note(*, mode: str | None = None, usages: Any = None) -> None:
    """For the count that follows the answer."""
    flask.g.edge_mode, flask.g.edge_usages = mode, usages


def counted(response: flask.Response) -> flask.Response:
    """After each request, once it is committed or refused."""
    endpoint = flask.request.path.rpartition(PREFIX)[2].rstrip("/")
    if endpoint not in ENDPOINTS:
        return response
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
    _log(endpoint, response.status_code)
    return response


def _log(endpoint: str, status: int) -> None:
    """Refusals were rolled back, log and all; whatever could not be said of them is left out."""
    context, gathered = flask.g.get("context"), calls_gathered()
    if status >= 400 and context is not None:
        told = Told(_store(context), endpoint.replace("-", "_"), status, seconds=answers.seconds())
        gathered.note(context.tenant_id, told)
    if gathered.is_due():
        gathered.write()


def _store(context: Context) -> uuid.UUID | None:
    """The one that was named, else the one that the token is bound to."""
    body = flask.request.get_json(silent=True)
    sent = flask.request.args.get("store_id") or (body.get("store_id") if isinstance(body, dict) else None)
    try:
        return as_uuid(sent or bound_store(context))
    except ValueError:
        return None
