"""Webhooks and the outbox: the resources common to all services."""

from typing import Any, cast

from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.domain.events import EVENT_TYPES
from services.sync.models import AuditEvent, Outbox, Webhook, WebhookDelivery
from services.sync.operations.entry import own_tenant
from shared.auditing.classification import classes_of
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.current import runtime
from shared.outbound_guard import Guard
from shared.outbox.routes import outbox_blueprint
from shared.webhooks.models import WebhookMixin
from shared.webhooks.routes import WebhookResource, webhooks_blueprint
from shared.webhooks.sending import guard_of

_EVENT_TYPES = {"created": EventType.CREATED, "deleted": EventType.DELETED}


def _tell(session: Session, action: str, webhook: WebhookMixin, changes: dict[str, Any]) -> None:
    record(
        session,
        AuditEvent,
        action=f"webhook.{action}",
        entity_type="webhook",
        entity_id=webhook.id,
        event_type=_EVENT_TYPES.get(action, EventType.UPDATED),
        changes=changes,
        classification=classes_of(Webhook.__table__),  # type: ignore[arg-type]
    )


def _guard() -> Guard:
    return guard_of(cast(Settings, runtime().settings))


webhooks = webhooks_blueprint(
    WebhookResource(
        Webhook,
        WebhookDelivery,
        Outbox,
        EVENT_TYPES,
        tell=_tell,
        guard=_guard,
        if_match_required=lambda session: own_tenant(session).if_match_required,
    )
)
outbox = outbox_blueprint(Outbox, manage="webhook.manage")
BLUEPRINTS = (webhooks, outbox)
