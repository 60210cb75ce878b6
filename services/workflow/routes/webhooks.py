"""Webhooks and the outbox: the resources common to all services."""

from services.workflow.models import Outbox, Webhook, WebhookDelivery
from services.workflow.operations.lifecycles import event_types
from shared.outbox.routes import outbox_blueprint
from shared.webhooks.routes import WebhookResource, webhooks_blueprint

webhooks = webhooks_blueprint(WebhookResource(Webhook, WebhookDelivery, Outbox, event_types()))
outbox = outbox_blueprint(Outbox, manage="webhook.manage")
BLUEPRINTS = (webhooks, outbox)
