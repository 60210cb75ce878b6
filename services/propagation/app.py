"""The web process of the propagation service: wiring only."""

from functools import partial

from services.propagation.config import ROLE_PERMISSIONS, Settings
from services.propagation.console import PAGES
from services.propagation.models import AuditEvent, AuditSeal, IdempotencyKey, Outbox, RevokedSession
from services.propagation.operations.entry import enter
from services.propagation.routes.blueprints import BLUEPRINTS
from shared.app import ServiceApp, ServiceParts, create_service
from shared.audit_log.routes import audit_blueprint
from shared.auditing.writing import record_denial
from shared.outbox.routes import outbox_blueprint


def create_app(own: Settings | None = None) -> ServiceApp:
    """WSGI application; settings come from the environment unless given."""
    return create_service(
        own or Settings(),  # type: ignore[call-arg]  # the environment has the required ones
        ServiceParts(
            title="Concord propagation",
            blueprints=[*BLUEPRINTS, audit_blueprint(AuditEvent, AuditSeal), outbox_blueprint(Outbox)],
            role_permissions=ROLE_PERMISSIONS,
            idempotency_keys=IdempotencyKey,
            on_entry=enter,
            on_denial=partial(record_denial, model=AuditEvent),
            revoked_sessions=RevokedSession,
            pages=PAGES,
        ),
    )
