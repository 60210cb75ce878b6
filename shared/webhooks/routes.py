"""The resource `webhooks`, alike in every service; a service brings its tables and its event types."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import versioning
from shared.access import load, requires
from shared.auditing.models import EventType
from shared.current import current_session, runtime
from shared.editing import audit
from shared.errors import NotFound
from shared.listing import Listing, envelope, one_of
from shared.outbox.models import OutboxMixin
from shared.outbox.writing import Letter, post, post_again
from shared.resources import check_picture, fresh, listed, tag_of, with_tag
from shared.tenancy import tenant_of
from shared.vault import Vault
from shared.webhooks import operations, schemas
from shared.webhooks.models import WebhookDeliveryMixin, WebhookMixin
from shared.webhooks.publishing import KIND, TEST_EVENT, Event
from shared.webhooks.sending import guard_of


@dataclass(frozen=True)
class WebhookResource:
    model: type[WebhookMixin]
    deliveries: type[WebhookDeliveryMixin]
    outbox: type[OutboxMixin]
    event_types: Collection[str]
    permission: str = "webhook.manage"


def webhooks_blueprint(resource: WebhookResource) -> Blueprint:
    """Blueprint `webhooks`: the addresses, their secrets, what was delivered to them."""
    blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks", description="Addresses that are told.")
    schema = schemas.schema_for(resource.event_types)
    _add_reading(blueprint, resource, schema)
    _add_writing(blueprint, resource, schema)
    _add_secrets(blueprint, resource, schema)
    _add_deliveries(blueprint, resource)
    return blueprint


def _add_reading(blueprint: Blueprint, resource: WebhookResource, schema: type[ma.Schema]) -> None:
    model = resource.model
    listing = Listing(
        key=model.id,
        orderings={"name": model.name, "created_at": model.created_at},
        default="name",
        filters={"active": one_of(model.active)},
    )

    @blueprint.route("")
    @blueprint.arguments(schemas.WebhookListArgs, location="query")
    @blueprint.response(200, envelope(schema))
    @requires(resource.permission)
    def list_webhooks(args: dict[str, Any]) -> Any:
        return listed(select(model).where(model.tenant_id == tenant_of(current_session())), listing, args).as_dict()

    @blueprint.route("/<key:webhook_id>")
    @blueprint.response(200, schema)
    @requires(resource.permission, on=model)
    def read_webhook(webhook_id: int) -> Any:
        return fresh(load(current_session(), model, webhook_id))


def _add_writing(blueprint: Blueprint, resource: WebhookResource, schema: type[ma.Schema]) -> None:
    model = resource.model

    @blueprint.route("", methods=["POST"])
    @blueprint.arguments(schemas.new_of(schema))
    @blueprint.response(201, schemas.with_secret(schema))
    @requires(resource.permission)
    def create_webhook(body: dict[str, Any]) -> Any:
        """The answer holds the secret, this once."""
        session = current_session()
        made = operations.create(session, model, body, _vault(), guard_of(runtime().settings))
        _tell(session, "created", made, operations.changes({}, made), EventType.CREATED)
        return with_tag(made, 201, Location=f"/api/{runtime().service}/v1/webhooks/{made.id}")

    @blueprint.route("/<key:webhook_id>", methods=["PATCH"])
    @blueprint.arguments(schemas.change_of(schema))
    @blueprint.response(200, schema)
    @requires(resource.permission, on=model)
    def change_webhook(body: dict[str, Any], webhook_id: int) -> Any:
        session = current_session()
        webhook = _checked(resource, webhook_id, body.pop("version", None))
        before = operations.state(webhook)
        operations.change(webhook, body, guard_of(runtime().settings))
        versioning.save(session, webhook, tag=tag_of)
        changed = operations.changes(before, webhook)
        if changed:
            _tell(session, "updated", webhook, changed)
        return with_tag(webhook)

    @blueprint.route("/<key:webhook_id>", methods=["DELETE"])
    @blueprint.response(204)
    @requires(resource.permission, on=model)
    def delete_webhook(webhook_id: int) -> None:
        session = current_session()
        webhook = _checked(resource, webhook_id)
        _tell(session, "deleted", webhook, {}, EventType.DELETED)
        session.delete(webhook)


def _add_secrets(blueprint: Blueprint, resource: WebhookResource, schema: type[ma.Schema]) -> None:
    @blueprint.route("/<key:webhook_id>/rotate-secret", methods=["POST"])
    @blueprint.response(200, schemas.with_secret(schema))
    @requires(resource.permission, on=resource.model)
    def rotate_secret(webhook_id: int) -> Any:
        """A new secret, told this once; for a day messages carry the signatures of both."""
        session = current_session()
        webhook = _checked(resource, webhook_id)
        operations.give_secret(webhook, _vault())
        versioning.save(session, webhook, tag=tag_of)
        _tell(session, "secret_rotated", webhook, {})
        return with_tag(webhook)


def _add_deliveries(blueprint: Blueprint, resource: WebhookResource) -> None:
    model, deliveries, outbox = resource.model, resource.deliveries, resource.outbox
    listing = Listing(
        key=deliveries.id,
        orderings={"created_at": deliveries.created_at},
        default="-created_at",
        filters={name: one_of(getattr(deliveries, name)) for name in ("message_id", "event_type")},
    )

    @blueprint.route("/<key:webhook_id>/deliveries")
    @blueprint.arguments(schemas.WebhookDeliveryArgs, location="query")
    @blueprint.response(200, envelope(schemas.WebhookDeliverySchema))
    @requires(resource.permission, on=model)
    def list_deliveries(args: dict[str, Any], webhook_id: int) -> Any:
        """Attempts of the last month, the newest first."""
        mine = (deliveries.tenant_id == tenant_of(current_session()), deliveries.webhook_id == webhook_id)
        return listed(select(deliveries).where(*mine), listing, args).as_dict()

    @blueprint.route("/<key:webhook_id>/test", methods=["POST"])
    @blueprint.response(202, schemas.MessageSchema)
    @requires(resource.permission, on=model)
    def send_test(webhook_id: int) -> Any:
        """Sends the event `webhook.test` to this address, whatever types it asked for."""
        message = Event(TEST_EVENT, {"webhook_id": webhook_id}).message()
        letter = Letter(KIND, TEST_EVENT, str(webhook_id), message)
        return {"message_id": post(current_session(), outbox, letter)}

    @blueprint.route("/<key:webhook_id>/deliveries/<uuid:message_id>/replay", methods=["POST"])
    @blueprint.response(202, schemas.MessageSchema)
    @requires(resource.permission, on=model)
    def replay_message(webhook_id: int, message_id: uuid.UUID) -> Any:
        """Sends a message again, under its old id."""
        if not post_again(current_session(), outbox, *_letters(outbox, webhook_id), outbox.id == message_id):
            raise NotFound("There is no such message that has ended.")
        return {"message_id": message_id}

    @blueprint.route("/<key:webhook_id>/replay", methods=["POST"])
    @blueprint.arguments(schemas.ReplaySchema, required=False)
    @blueprint.response(202, schemas.ReplayedSchema)
    @requires(resource.permission, on=model)
    def replay_failed(body: dict[str, Any], webhook_id: int) -> Any:
        """Sends again what could not be delivered."""
        which = [*_letters(outbox, webhook_id), outbox.status != "delivered"]
        if body["since"] is not None:
            which.append(outbox.created_at > body["since"])
        return {"messages": post_again(current_session(), outbox, *which)}


def _letters(outbox: type[OutboxMixin], webhook_id: int) -> list[Any]:
    return [outbox.kind == KIND, outbox.target == str(webhook_id)]


def _checked(resource: WebhookResource, webhook_id: int, version: int | None = None) -> WebhookMixin:
    """The webhook; refuses a stale picture of it."""
    session = current_session()
    webhook = load(session, resource.model, webhook_id)
    check_picture(webhook, version)
    return webhook


def _tell(
    session: Session, verb: str, webhook: Any, changes: dict[str, Any], event_type: EventType = EventType.UPDATED
) -> None:
    audit(session, webhook, verb, event_type=event_type, changes=changes)


def _vault() -> Vault:
    return Vault(runtime().settings.signing_key)
