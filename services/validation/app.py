"""The web process of the validation service: wiring only."""

from functools import partial

from services.validation.config import ROLE_PERMISSIONS, Settings
from services.validation.console import PAGES
from services.validation.models import AuditEvent, AuditSeal, IdempotencyKey, RevokedSession
from services.validation.operations.entry import enter
from services.validation.routes import kept_views, outcomes, query_names, readiness, refusals
from services.validation.routes.blueprints import BLUEPRINTS
from shared.app import ServiceApp, ServiceParts, create_service
from shared.audit_log.routes import audit_blueprint
from shared.auditing.writing import record_denial


def create_app(own: Settings | None = None) -> ServiceApp:
    """WSGI application; settings come from the environment unless given."""
    settings = own or Settings()  # type: ignore[call-arg]  # the environment has the required ones
    app = create_service(
        settings,
        ServiceParts(
            title="Concord validation",
            blueprints=[*BLUEPRINTS, audit_blueprint(AuditEvent, AuditSeal)],
            role_permissions=ROLE_PERMISSIONS,
            idempotency_keys=IdempotencyKey,
            on_entry=partial(enter, settings),
            on_denial=partial(record_denial, model=AuditEvent),
            revoked_sessions=RevokedSession,
            pages=PAGES,
            begins_again=True,
        ),
    )
    refusals.register(app)
    query_names.register(app)
    kept_views.register(app, settings)
    readiness.register(app, settings)
    outcomes.register(app, settings)
    return app
