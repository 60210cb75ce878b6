"""The web process of the sync service: wiring only."""

from functools import partial

from services.sync.config import ROLE_PERMISSIONS, Settings
from services.sync.console import PAGES
from services.sync.models import AuditEvent, AuditSeal, IdempotencyKey, RevokedSession
from services.sync.queries.edges.numbers import Numbers
from services.sync.routes.blueprints import BLUEPRINTS
from services.sync.routes.edge.answers import in_upper_case
from services.sync.routes.edge.calls import quota_of
from services.sync.routes.edge.counting import counted
from services.sync.routes.edge.gathering import Gathered
from services.sync.routes.edge.known import Answers, answered_again
from services.sync.routes.promotions.company import entering
from services.sync.routes.promotions.settings import told_without_company
from shared.app import ServiceApp, ServiceParts, create_service
from shared.audit_log.routes import audit_blueprint
from shared.auditing.writing import record_denial


def create_app(own: Settings | None = None) -> ServiceApp:
    """WSGI application; settings come from the environment unless given."""
    settings = own or Settings()  # type: ignore[call-arg]  # the environment has the required ones
    app = create_service(
        settings,
        ServiceParts(
            title="Concord sync",
            blueprints=[*BLUEPRINTS, audit_blueprint(AuditEvent, AuditSeal)],
            role_permissions=ROLE_PERMISSIONS,
            idempotency_keys=IdempotencyKey,
            on_entry=partial(entering, settings),
            on_denial=partial(record_denial, model=AuditEvent),
            revoked_sessions=RevokedSession,
            pages=PAGES,
            group_quota=quota_of,
        ),
    )
    app.extensions["edge_answers"] = Answers()
    app.extensions["edge_numbers"] = Numbers(app.runtime.db.engine)
    app.extensions["edge_calls"] = Gathered(app.runtime.db)
    app.before_request(answered_again)
    app.after_request(counted)
    app.after_request(in_upper_case)  # called before it, for the last comes first
    app.after_request(told_without_company)
    return app
