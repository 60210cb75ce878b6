"""The web process of a service: one transaction around each view, problem documents, health.

A request goes one way: correlation id, token, tenant, rate limit (shared.entrance), then the transaction with the
form of the request, existence, permission and state inside of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask
import orjson
from flask.json.provider import JSONProvider
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from shared import converters, entrance, health, logging, metrics, migrations
from shared.access import open_to_everybody
from shared.auth import Authenticator, KeySet, RolePermissions
from shared.config import Settings
from shared.console import frame
from shared.console.pages import Pages
from shared.console.sessions import SAFE_METHODS
from shared.console.tables import superuser_pages
from shared.current import Runtime
from shared.db import Database, keep_on_rollback
from shared.errors import PermissionMissing
from shared.idempotency import IdempotencyKeyMixin, IdempotencyStore, Stored, request_hash
from shared.limits import RateLimiter
from shared.locking import retrying
from shared.problems import ProblemApi
from shared.redis_client import connect
from shared.sessions import RevokedSessionMixin, RevokedSessions
from shared.signatures import SignatureRefused
from shared.tenancy import Context

OnEntry = Callable[[Session, Context, bool], Context]
OnDenial = Callable[[Session, PermissionMissing], None]


@dataclass(frozen=True)
class ServiceParts:
    """What a service brings.

    `on_entry(session, context, is_write)` may make the tenant's row and lower the caller's rights; it returns the
    context that the view runs in. `on_denial` writes the audit row of a refused permission, which survives the
    rollback. Without `revoked_sessions` a token counts until it expires. `group_quota` gives groups of addresses a rate
    limit of their own (see shared.entrance). `begins_again` answers a request anew that the database gave up for
    another one (a deadlock), where a service would rather wait than say so.
    """

    title: str
    blueprints: Sequence[Any]
    role_permissions: RolePermissions
    idempotency_keys: type[IdempotencyKeyMixin]
    on_entry: OnEntry
    on_denial: OnDenial
    revoked_sessions: type[RevokedSessionMixin] | None = None
    group_quota: entrance.GroupQuota | None = None
    begins_again: bool = False
    pages: Sequence[Pages] = ()


class OrjsonProvider(JSONProvider):
    """orjson in place of the standard library: times as RFC 3339 with `Z`, UUIDs and dataclasses as they are."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        return orjson.dumps(obj, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        return orjson.loads(s)


class ServiceApp(flask.Flask):
    """Flask with the unit of work around `dispatch_request`: a failed commit still becomes a problem document."""

    json_provider_class = OrjsonProvider
    runtime: Runtime
    parts: ServiceParts
    revoked: RevokedSessions | None = None

    def dispatch_request(self) -> ResponseReturnValue:
        if "context" not in flask.g:  # an open view, or an address that does not exist
            return super().dispatch_request()
        attempt = partial(self._in_one_transaction, flask.g.context)
        return retrying(attempt) if self.parts.begins_again else attempt()

    def _in_one_transaction(self, context: Context) -> ResponseReturnValue:
        with self.runtime.db.transaction(context) as session:
            flask.g.session = session
            flask.g.context = context
            answer = self._answer(session)
        # What is known only at the commit (a cache that could not be told) is said here.
        answer.headers.extend(session.info.get("answer_headers", {}))
        produce = flask.g.pop("answer_after_commit", None)
        return (produce() if produce else None) or answer

    def _answer(self, session: Session) -> flask.Response:
        is_write = flask.request.method not in SAFE_METHODS
        if self.revoked is not None:
            self.revoked.check(session, flask.g.context)
        context = self.parts.on_entry(session, flask.g.context, is_write)
        session.info["context"] = flask.g.context = context
        try:
            key = flask.request.headers.get("Idempotency-Key") if is_write else None
            return self._once(session, key) if key else self.make_response(super().dispatch_request())
        except (PermissionMissing, SignatureRefused) as refusal:
            denial = PermissionMissing(refusal.members["permission"], refusal.detail)
            denial = refusal if isinstance(refusal, PermissionMissing) else denial
            keep_on_rollback(session, lambda kept: self.parts.on_denial(kept, denial))
            raise

    def _once(self, session: Session, key: str) -> flask.Response:
        """The view with an Idempotency-Key: a repeated request gets the first one's answer."""
        request, settings = flask.request, self.runtime.settings
        store = IdempotencyStore(
            self.parts.idempotency_keys, service=settings.service, hours=settings.idempotency_hours
        )
        sent = request_hash(request.method, request.path, request.query_string, request.get_data())
        claim = store.begin(session, key, request_hash=sent)
        if isinstance(claim, Stored):
            return self.response_class(claim.body, claim.status, claim.headers)
        response = self.make_response(super().dispatch_request())
        store.finish(
            session,
            claim,
            status=response.status_code,
            headers=response.headers.items(),
            body=response.get_data(),
        )
        return response


def create_service(settings: Settings, parts: ServiceParts) -> ServiceApp:
    """The WSGI application of one service."""
    logging.configure(settings.log_level, settings.log_file)
    app = ServiceApp(settings.service, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.converters |= converters.BY_NAME
    app.config |= _flask_config(settings, parts.title)
    app.parts, app.runtime = parts, _runtime(settings, parts.role_permissions)
    app.revoked = RevokedSessions(parts.revoked_sessions) if parts.revoked_sessions else None
    app.extensions["concord"] = app.runtime
    entrance.register(app, parts.group_quota)
    _register_probes(app)
    migrations.register(app, settings.service)
    api = ProblemApi(app)
    converters.document(api)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for blueprint in parts.blueprints:
        api.register_blueprint(blueprint, url_prefix=f"/api/{settings.service}/v1{blueprint.url_prefix or ''}")
    pages = (*parts.pages, *superuser_pages(settings, parts.idempotency_keys))
    frame.register(app, settings, title=parts.title, pages=pages)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings, title: str) -> dict[str, Any]:
    return {
        "API_TITLE": title,
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.1",
        "OPENAPI_URL_PREFIX": f"/api/{settings.service}/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {"security": [{"token": []}]},
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
    }


def _runtime(settings: Settings, role_permissions: RolePermissions) -> Runtime:
    client = connect(settings.redis_url.get_secret_value())
    db = database_of(settings)
    metrics.count_database_errors(db.engine, settings.service)
    return Runtime(
        settings=settings,
        db=db,
        redis=client,
        authenticator=Authenticator(
            KeySet(settings.jwks),
            service=settings.service,
            issuer=settings.issuer,
            role_permissions=role_permissions,
            leeway_seconds=settings.token_leeway_seconds,
        ),
        limiter=RateLimiter(client, service=settings.service),
    )


def database_of(settings: Settings) -> Database:
    """The pooled connections of a web process."""
    return Database(
        settings.database_url.get_secret_value(),
        pool_size=settings.pool_size,
        pool_timeout_seconds=settings.pool_timeout_seconds,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        lock_wait_seconds=settings.lock_wait_seconds,
        service=settings.service,
        audit_days=settings.audit_retention_days,
    )


def _register_probes(app: ServiceApp) -> None:
    """Health and metrics, on the service's own port; the gateway passes only `/healthz` on."""
    running, head = app.runtime, migrations.head_of(app.runtime.service)

    @open_to_everybody
    def healthz() -> ResponseReturnValue:
        return health.alive(running.service)

    @open_to_everybody
    def readyz() -> ResponseReturnValue:
        status, body = health.ready(running.db, running.redis, service=running.service, head=head)
        return body, status

    @open_to_everybody
    def exposition() -> ResponseReturnValue:
        body, content_type = metrics.exposition()
        return body, 200, {"Content-Type": content_type}

    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", exposition)
