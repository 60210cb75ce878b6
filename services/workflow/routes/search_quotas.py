"""The quota of the search addresses: by address for strangers, by person else; counted before anybody is refused."""

import time
from typing import cast

import flask

from services.workflow import metrics
from services.workflow.config import Settings
from shared.current import runtime
from shared.limits import Quota
from shared.tenancy import Context

BLUEPRINTS = frozenset({"search", "saved-searches"})
MOST_WATCHED = 10_000
UNLIMITED = Quota("search", 0)
_exhausted: dict[str, float] = {}


def search_quota(context: Context | None) -> Quota | None:
    """The quota of this request, if it is one of a search address."""
    settings = cast(Settings, runtime().settings)
    if flask.request.blueprint not in BLUEPRINTS:
        return None
    if not settings.enable_search_rate_limiting:
        return UNLIMITED
    window = settings.search_rate_limit_window_seconds
    if context is None or context.tenant_id is None:
        return Quota("search", settings.search_rate_limit_anonymous, window, "anonymous")
    tenant = str(context.tenant_id)
    own = {"X-RateLimit-Tenant": tenant}
    is_premium = tenant in settings.search_premium_tenants or "search.premium" in context.permissions
    user_type = "premium" if is_premium else "authenticated"
    override = settings.search_rate_limit_tenant_overrides.get(tenant)
    if override:
        return Quota("search", int(override["limit"]), int(override.get("window_seconds", window)), user_type, own)
    amount = settings.search_rate_limit_premium if is_premium else settings.search_rate_limit_authenticated
    return Quota("search", amount, window, user_type, own)


def count_quota(response: flask.Response) -> flask.Response:
    """What the quota said, as metrics."""
    verdict = flask.g.get("verdict")
    if verdict is None or verdict.quota.user_type is None:
        return response
    user_type, now = verdict.quota.user_type, time.time()
    metrics.SEARCH_RATE_LIMIT_REQUESTS.labels(user_type, str(verdict.allowed).lower()).inc()
    metrics.SEARCH_RATE_LIMIT_SECONDS.observe(verdict.took_seconds)
    if not verdict.allowed:
        metrics.SEARCH_RATE_LIMIT_EXCEEDED.labels(user_type).inc()
        context = flask.g.get("context")
        caller = f"{context.tenant_id}:{context.actor}" if context else str(flask.request.remote_addr)
        if len(_exhausted) < MOST_WATCHED:
            _exhausted[caller] = verdict.reset_at or now
    for caller in [caller for caller, until in list(_exhausted.items()) if until <= now]:
        _exhausted.pop(caller, None)
    metrics.SEARCH_ACTIVE_RATE_LIMITS.set(len(_exhausted))
    return response
