"""Calls of edges: GET with a query or POST with a JSON object of the same names; other names are ignored."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import flask
from werkzeug.exceptions import BadRequest

from services.sync.domain.promotions.reading import as_count, as_instant, as_uuid
from services.sync.operations.edges.checking import bound_store
from services.sync.operations.edges.refusals import (
    InvalidBody,
    InvalidDateFormat,
    InvalidLimit,
    InvalidUuidOfEdge,
    MissingCompanyId,
    MissingStoreId,
)
from services.sync.operations.edges.serving import Call
from services.sync.queries.edges.lists import Needs
from shared.current import current_context, runtime
from shared.limits import Quota, RateLimited
from shared.tenancy import Context

CALLS_PER_MINUTE: Final = 120
Given = Mapping[str, Any]
Value = TypeVar("Value")


def present() -> datetime:
    """The moment for which edges are answered, by the clock of the process unless it was given another."""
    clock: Callable[[], datetime] | None = flask.current_app.extensions.get("clock")
    return clock() if clock else datetime.now(UTC)


def given() -> Given:
    """What the caller sent. Raises InvalidBody."""
    if flask.request.method in ("GET", "HEAD"):
        return flask.request.args
    if not flask.request.get_data(cache=True):
        return {}
    try:
        body = flask.request.get_json()
    except (BadRequest, ValueError) as failure:
        raise InvalidBody from failure
    if not isinstance(body, dict):
        raise InvalidBody
    return body


def demand_presence(sent: Given, needs: Needs) -> None:
    """The company is looked at first. Raises MissingCompanyId, MissingStoreId."""
    if needs != "nothing" and _absent(sent, "company_id"):
        raise MissingCompanyId
    if needs == "store" and _absent(sent, "store_id"):
        raise MissingStoreId


def read_place(sent: Given) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The company and the store that are named. Raises InvalidUuidOfEdge."""
    return read_id(sent, "company_id"), read_id(sent, "store_id")


def read_call(sent: Given) -> tuple[uuid.UUID | None, Call]:
    """The company named and what is asked. Raises the refusals of values that have another form."""
    company_id, store_id = read_place(sent)
    cursor = sent.get("cursor")
    return company_id, Call(
        store_id=store_id,
        brand_id=read_id(sent, "brand_id"),
        cursor=None if cursor in (None, "") else str(cursor),
        since=_since(sent.get("updated_since")),
        limit=_limit(sent.get("limit")),
    )


def read_id(sent: Given, name: str) -> uuid.UUID | None:
    if _absent(sent, name):
        return None
    try:
        return as_uuid(sent[name])
    except ValueError as failure:
        raise InvalidUuidOfEdge(f"{name} is not a UUID.") from failure


def quota_of(context: Context | None) -> Quota | None:
    """The calls of a store's own server count for the store as soon as it is known who calls, and no other quota."""
    is_of_edges = "/edge/" in flask.request.path and context is not None and is_edge(context)
    return Quota("edge", CALLS_PER_MINUTE) if is_of_edges else None


def is_edge(context: Context) -> bool:
    """Whether the token is one of those that stores log in for."""
    return context.actor is not None and context.actor == f"store:{bound_store(context)}"


def count_call(store_id: uuid.UUID | None) -> None:
    """Each store has a quota of its own, whoever calls for it; without a store each caller. Raises RateLimited."""
    context = current_context()
    if is_edge(context):
        return  # counted already
    store = store_id or bound_store(context)
    actor = f"store:{store}" if store else context.actor
    verdict = runtime().limiter.check(Quota("edge", CALLS_PER_MINUTE), tenant_id=context.tenant_id, actor=actor)
    flask.g.verdict = verdict
    if not verdict.allowed:
        raise RateLimited(verdict)


def _absent(sent: Given, name: str) -> bool:
    return sent.get(name) in (None, "")


def _since(value: Any) -> datetime | None:
    return None if value is None else _read(as_instant, value, InvalidDateFormat)


def _limit(value: Any) -> int | None:
    return None if value is None else _read(as_count, value, InvalidLimit)


def _read(reader: Callable[[Any], Value], value: Any, refusal: type[Exception]) -> Value:
    try:
        return reader(value)
    except ValueError as failure:
        raise refusal from failure
