"""What happens to a request before its view: correlation id, token, tenant, rate limit, media type; and the headers
of every answer."""

import time
import uuid
from collections.abc import Callable
from functools import partial

import flask
import structlog
from werkzeug.exceptions import UnsupportedMediaType

from shared import metrics
from shared.console.sessions import SAFE_METHODS, signed_in
from shared.current import runtime
from shared.errors import DomainError, Unauthenticated
from shared.limits import Quota, RateLimited
from shared.tenancy import Context, TenantMissing

# A group of addresses may count by its own quota, and before anybody is refused: asked with the caller, or with None
# while the token is missing or bad. None: the service's usual quota, and no counting of strangers.
GroupQuota = Callable[[Context | None], Quota | None]


def register(app: flask.Flask, group_quota: GroupQuota | None = None) -> None:
    app.before_request(_identify)
    app.before_request(partial(_admit, group_quota or (lambda _context: None)))
    app.before_request(_check_media_type)
    app.after_request(_finish)


def _identify() -> None:
    flask.g.started_at = time.perf_counter()
    flask.g.correlation_id = correlation_id(flask.request.headers.get("X-Correlation-ID", ""))
    # A thread serves one request after the other: what the last one bound must not stick.
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=str(flask.g.correlation_id))


def correlation_id(given: str) -> uuid.UUID:
    """The caller's id if it is a UUID; anything else is replaced by a new one."""
    try:
        return uuid.UUID(given) if len(given) == 36 else uuid.uuid4()
    except ValueError:
        return uuid.uuid4()


def is_open() -> bool:
    """Whether the requested view needs no token: health, metrics, the OpenAPI document."""
    endpoint = flask.request.endpoint or ""
    view = flask.current_app.view_functions.get(endpoint)
    return endpoint.startswith("api-docs.") or getattr(view, "is_open", False)


def _admit(group_quota: GroupQuota) -> None:
    """Finds out who calls and counts the call; a refusal of the caller comes after the count of their group."""
    if is_open():
        return
    refusal: DomainError | None = None
    try:
        _authenticate()
    except (Unauthenticated, TenantMissing) as failure:
        refusal = failure
    quota = group_quota(flask.g.get("context"))
    if quota is not None or refusal is None:
        _count(quota or Quota("default", runtime().settings.rate_limit_per_minute))
    if refusal is not None:
        raise refusal


def _authenticate() -> None:
    origin = {"correlation_id": flask.g.correlation_id, "client_address": flask.request.remote_addr}
    token, authenticator = flask.request.headers.get("Authorization"), runtime().authenticator
    session = None if token else signed_in()
    context = authenticator.admitted(session, **origin) if session else authenticator.context(token, **origin)
    if context.tenant_id is None:
        raise TenantMissing("This token names no tenant: ask for one that carries the claim `tenant`.")
    flask.g.context = context
    structlog.contextvars.bind_contextvars(tenant=str(context.tenant_id), actor=context.actor)


def _count(quota: Quota) -> None:
    context: Context | None = flask.g.get("context")
    tenant_id, actor = (context.tenant_id, context.actor) if context else (None, None)
    address = flask.request.remote_addr
    flask.g.verdict = runtime().limiter.check(quota, tenant_id=tenant_id, actor=actor, client_address=address)
    if not flask.g.verdict.allowed:
        raise RateLimited(flask.g.verdict)


def _check_media_type() -> None:
    """A body in another form than the view takes is 415, before anything looks into it."""
    request = flask.request
    if request.method in SAFE_METHODS or not request.content_length:
        return
    view = flask.current_app.view_functions.get(request.endpoint or "")
    if request.mimetype not in getattr(view, "accepts", ("application/json",)):
        raise UnsupportedMediaType
    request.max_content_length = getattr(view, "max_body_bytes", None) or request.max_content_length


def _finish(response: flask.Response) -> flask.Response:
    """Nothing here may raise: an exception after the view would become a bare 500."""
    response.headers["X-Correlation-ID"] = str(flask.g.get("correlation_id", ""))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if "verdict" in flask.g:
        response.headers.extend({k: v for k, v in flask.g.verdict.headers.items() if k not in response.headers})
    rule = flask.request.url_rule
    metrics.request_ended(
        flask.current_app.name,
        method=flask.request.method,
        route=rule.rule if rule else None,
        status=response.status_code,
        seconds=time.perf_counter() - flask.g.get("started_at", time.perf_counter()),
        code=flask.g.get("problem_code"),
    )
    return response
