"""Webhooks and the outbox: the resources common to all services."""

from typing import Any, cast

from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.models import Outbox, Webhook, WebhookDelivery
from services.workflow.operations import rows
from services.workflow.operations.entry import own_tenant
from services.workflow.operations.lifecycles import event_types
from shared.auditing.models import EventType
from shared.current import runtime
from shared.outbound_guard import Guard
from shared.outbox.routes import outbox_blueprint
from shared.webhooks.models import WebhookMixin
from shared.webhooks.routes import WebhookResource, webhooks_blueprint
from shared.webhooks.sending import guard_of

_EVENT_TYPES = {"created": EventType.CREATED, "deleted": EventType.DELETED}


def _tell(session: Session, action: str, webhook: WebhookMixin, changes: dict[str, Any]) -> None:
    event_type = _EVENT_TYPES.get(action, EventType.UPDATED)
    rows.audit(session, cast(Webhook, webhook), action, event_type=event_type, changes=changes)


def _guard() -> Guard:
    return guard_of(cast(Settings, runtime().settings))


webhooks = webhooks_blueprint(
    WebhookResource(
        Webhook,
        WebhookDelivery,
        Outbox,
        event_types(),
        tell=_tell,
        guard=_guard,
        if_match_required=lambda session: own_tenant(session).if_match_required,
    )
)
outbox = outbox_blueprint(Outbox, manage="webhook.manage")
BLUEPRINTS = (webhooks, outbox)
