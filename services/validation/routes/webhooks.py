"""Webhooks and the outbox: the resources common to all services."""

from services.validation.domain.events import EVENT_TYPES
from services.validation.models import Outbox, Webhook, WebhookDelivery
from shared.outbox.routes import outbox_blueprint
from shared.webhooks.routes import WebhookResource, webhooks_blueprint

webhooks = webhooks_blueprint(WebhookResource(Webhook, WebhookDelivery, Outbox, EVENT_TYPES))
outbox = outbox_blueprint(Outbox, manage="webhook.manage")
BLUEPRINTS = (webhooks, outbox)
