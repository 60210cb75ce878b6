"""A tiny service with webhooks."""

import uuid

from sqlalchemy.orm import DeclarativeBase

from shared.auditing.models import AuditEventMixin
from shared.db import TYPES, new_metadata
from shared.outbox.models import OutboxMixin
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin

PRIVILEGES = {
    "outbox": ("select, insert, update", "select, insert, update, delete"),
    "webhooks": ("select, insert, update, delete", "select, update (active, inactive_reason, version, updated_at)"),
    "webhook_deliveries": ("select", "select, insert, delete"),
}
EVENT_TYPES = ("order.approved", "order.closed", "ticket.opened")
ROLES = {"viewer": frozenset[str](), "admin": frozenset({"webhook.manage"})}
PREFIX = "/api/propagation/v1"
MISSING = uuid.UUID(int=0)


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class LogBase(DeclarativeBase):
    """Audit tables are made by their own function, not from metadata."""

    metadata = new_metadata()
    type_annotation_map = TYPES


class AuditEvent(AuditEventMixin, LogBase):
    __tablename__ = "audit_events"


Base.metadata.info |= LogBase.metadata.info


class Outbox(OutboxMixin, Base):
    __tablename__ = "outbox"


class Webhook(WebhookMixin, Base):
    __tablename__ = "webhooks"


class Delivery(WebhookDeliveryMixin, Base):
    __tablename__ = "webhook_deliveries"
