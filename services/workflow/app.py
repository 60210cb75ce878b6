"""The web process of the workflow service: wiring only."""

from functools import partial

from services.workflow.config import ROLE_PERMISSIONS, Settings
from services.workflow.console import PAGES
from services.workflow.models import AuditEvent, AuditSeal, IdempotencyKey, RevokedSession
from services.workflow.operations.entry import enter
from services.workflow.operations.lifecycles import check_database, check_definitions
from services.workflow.routes.audit import records_of
from services.workflow.routes.blueprints import BLUEPRINTS
from services.workflow.routes.contract import as_v1
from services.workflow.routes.denials import on_denial
from services.workflow.routes.search_quotas import search_quota
from shared.app import ServiceApp, ServiceParts, create_service
from shared.audit_log.routes import audit_blueprint


def create_app(own: Settings | None = None) -> ServiceApp:
    """WSGI application; settings come from the environment unless given."""
    settings = own or Settings()  # type: ignore[call-arg]  # the environment has the required ones
    check_definitions()
    app = create_service(
        settings,
        ServiceParts(
            title="Concord workflow",
            blueprints=[*BLUEPRINTS, audit_blueprint(AuditEvent, AuditSeal, records_of)],
            role_permissions=ROLE_PERMISSIONS,
            idempotency_keys=IdempotencyKey,
            on_entry=partial(enter, settings),
            on_denial=on_denial,
            revoked_sessions=RevokedSession,
            pages=PAGES,
            group_quota=search_quota,
        ),
    )
    check_database(app.runtime.db)
    app.after_request(as_v1)
    return app
