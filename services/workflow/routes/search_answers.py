"""How answers of the search are sent, and kept ones found before a transaction is opened for them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import flask
import marshmallow as ma

from services.workflow import metrics
from services.workflow.config import Settings
from services.workflow.operations.search import freshness
from services.workflow.operations.search.asking import material, request_of
from services.workflow.operations.search.request import Answer, Request
from services.workflow.queries.search.matches import Place
from services.workflow.schemas.search import SearchSchema
from shared.cache.entries import Lookup
from shared.current import current_context, runtime
from shared.cursors import Cursors
from shared.errors import Invalid
from shared.problems import MEDIA_TYPE

Sent = dict[str, Any]
_ESCAPES = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
_SCHEMA = SearchSchema()
NO_SEMANTICS = "Semantic search is not offered; the words were searched for as they stand."


def settings() -> Settings:
    return cast(Settings, runtime().settings)


def escaped(response: flask.Response) -> flask.Response:
    """In JSON these characters occur in texts only, where an escape says the same: no browser takes it for markup."""
    if response.is_json and not response.is_streamed:
        body = response.get_data()
        for char, escape in _ESCAPES:
            body = body.replace(char, escape)
        response.set_data(body)
    return response


def with_results(response: flask.Response) -> flask.Response:
    """A refused unified search has the members that its clients always read."""
    if flask.request.endpoint == "search.search_modules" and response.mimetype == MEDIA_TYPE:
        response.set_data(flask.json.dumps({"results": [], "total_count": 0} | response.get_json()))
    return response


def kept_or_made(asked: Request, make: Callable[[Request], Sent], *extra: object) -> Sent:
    """The kept answer to this caller's question, or the made one, which is kept unless a part of it failed."""
    found = flask.g.get("search_lookup") or _look(asked, *extra)
    if found.state == "hit":
        return as_kept(found.value)
    metrics.SEARCH_CACHE_MISSES.inc()
    sent = make(asked)
    if not sent["partial"]:
        freshness.keep(settings(), found, sent)
    return timed(sent)


def look_before() -> Sent | None:
    """A kept answer to the present request; None if there is none, or anything about the request is not right.

    Nothing of it touches the database, so that a repeated search costs no transaction.
    """
    context = flask.g.get("context")
    if context is None or "search.use" not in context.permissions or "Idempotency-Key" in flask.request.headers:
        return None
    try:
        asked = placed(request_of(_SCHEMA.load(flask.request.get_json(silent=True) or {})), _cursor())
    except (ma.ValidationError, Invalid, AttributeError):
        return None
    flask.g.search_lookup = found = _look(asked, _semantic())
    return as_kept(found.value) if found.state == "hit" else None


def as_kept(value: Mapping[str, Any]) -> Sent:
    metrics.SEARCH_CACHE_HITS.inc()
    return timed(dict(value) | {"from_cache": True})


def timed(sent: Sent) -> Sent:
    """With the time that this answer took, kept or not."""
    took = round((time.perf_counter() - flask.g.started_at) * 1000, 3)
    if "search_time_ms" in sent:
        sent |= {"search_time_ms": took, "correlation_id": str(flask.g.correlation_id)}
    return sent | {"response_time_ms": took}


def shape(asked: Request, answer: Answer) -> Sent:
    """The members that all searches answer with."""
    return {
        "results": answer.results,
        "total_results": answer.total,
        "total_is_estimated": answer.is_estimated,
        "response_time_ms": 0.0,
        "query_id": str(answer.query_id),
        "from_cache": False,
        "next": _write(asked, answer) if answer.last else None,
        "warnings": [*answer.warnings, *([NO_SEMANTICS] if _semantic() else [])],
        "partial": bool(answer.failed),
        "failed_entities": list(answer.failed),
    }


def placed(asked: Request, cursor: str | None) -> Request:
    """The request at the place that its cursor names. Raises Invalid for a cursor of another search."""
    if cursor is None:
        return asked
    if asked.page > 1:
        raise Invalid.field("/cursor", "page_and_cursor", "Give a page or a cursor, not both.")
    try:
        _, place = _cursors(asked).read(cursor)
    except Invalid:
        raise Invalid.field(
            "/cursor", "bad_cursor", "cursor: not one of this search; start again without it."
        ) from None
    assert place is not None
    now, total, is_estimated, score, weight, updated_at, entity_id, entity = place
    after = Place(Decimal(score), float(weight), datetime.fromisoformat(updated_at), int(entity_id), entity)
    counted = (int(total), is_estimated == "True")
    return replace(asked, now=datetime.fromisoformat(now), after=after, counted=counted)


def _write(asked: Request, answer: Answer) -> str:
    last = answer.last
    assert last is not None
    counted = (asked.now, answer.total, answer.is_estimated)
    place = (last.score, last.weight, last.updated_at, last.entity_id, last.entity)
    return _cursors(asked).write([*counted, *place])


def _cursors(asked: Request) -> Cursors:
    question = material(replace(asked, page=1, after=None))
    return Cursors(settings().signing_key, scope=f"search\n{current_context().tenant_id}\n{question!r}")


def _look(asked: Request, *extra: object) -> Lookup:
    return freshness.look(settings(), current_context(), asked.entities, [*material(asked), *extra])


def _body() -> Mapping[str, Any]:
    body = flask.request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _cursor() -> str | None:
    return _body().get("cursor")


def _semantic() -> bool:
    return bool(_body().get("semantic")) if flask.request.method == "POST" else False
