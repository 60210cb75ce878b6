"""What is told and taken of webhooks."""

from collections.abc import Collection
from functools import cache
from secrets import token_hex
from typing import Any

import marshmallow as ma

from shared.listing import ListArgs

_ID = "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"
NAME = ma.validate.And(ma.validate.Length(1, 100), ma.validate.Regexp(r"\S(.*\S)?\Z", error="Begins or ends blank."))


def _time(description: str) -> ma.fields.AwareDateTime:
    return ma.fields.AwareDateTime(
        dump_only=True, metadata={"example": "2026-11-21T08:00:00Z", "description": description}
    )


class WebhookSchema(ma.Schema):
    """A webhook; its secret is told when it is made, and never again."""

    id = ma.fields.Integer(dump_only=True, metadata={"example": 3, "description": "The webhook's id."})
    version = ma.fields.Integer(dump_only=True, metadata={"example": 1, "description": "Grows with every change."})
    name = ma.fields.String(required=True, validate=NAME, metadata={"example": "ops-hook", "description": "Unique."})
    url = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 2000),
        metadata={"example": "https://example.com/concord", "description": "Public, http or https; gets a POST."},
    )
    event_types = ma.fields.List(
        ma.fields.String(),
        load_default=list,
        validate=ma.validate.Length(max=100),
        metadata={"description": "Empty: all of them."},
    )
    active = ma.fields.Boolean(metadata={"example": True, "description": "Off: it is told nothing."})
    inactive_reason = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": None, "description": "`gone` after a 410.", "enum": ["gone", "switched_off", None]},
    )
    previous_valid_until = ma.fields.AwareDateTime(
        dump_only=True,
        allow_none=True,
        metadata={"example": None, "description": "Until then messages carry two signatures."},
    )
    created_at = _time("When it was made.")
    updated_at = _time("When it was changed last.")
    created_by = ma.fields.String(
        dump_only=True, allow_none=True, metadata={"example": "ada", "description": "Who made it."}
    )


def schema_for(event_types: Collection[str]) -> type[WebhookSchema]:
    """The schema of a service that has these event types."""
    known = ma.validate.OneOf(sorted(event_types))
    field = ma.fields.List(
        ma.fields.String(validate=known),
        load_default=list,
        validate=ma.validate.Length(max=100),
        metadata={"description": "Empty: all of them.", "example": sorted(event_types)[:1]},
    )
    made: type[WebhookSchema] = type("WebhookSchema", (WebhookSchema,), {"event_types": field})
    return made


def new_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """Without a name it gets one."""
    name = ma.fields.String(load_default=lambda: f"hook-{token_hex(4)}", validate=NAME, metadata={"example": "ops"})
    return type("NewWebhookSchema", (schema,), {"name": name})


def change_of(schema: type[ma.Schema]) -> ma.Schema:
    version = ma.fields.Integer(metadata={"example": 1, "description": "The one that was read; If-Match does it too."})
    changed: type[ma.Schema] = type("WebhookSchema", (schema,), {"version": version})
    return changed(partial=True)


@cache
def with_secret(schema: type[ma.Schema]) -> type[ma.Schema]:
    secret = ma.fields.String(
        attribute="told_secret", dump_only=True, metadata={"description": "Told once.", "example": "whsec_c2VjcmV0"}
    )
    return type("WebhookWithSecretSchema", (schema,), {"secret": secret})


class WebhookListArgs(ListArgs):
    active = ma.fields.Boolean(metadata={"example": True, "description": "Only these."})


class WebhookDeliverySchema(ma.Schema):
    """One attempt; `message_id` is the header `webhook-id`, the same at every attempt."""

    id = ma.fields.Integer(dump_only=True, metadata={"example": 81, "description": "The attempt's id."})
    message_id = ma.fields.UUID(dump_only=True, metadata={"example": _ID, "description": "The header `webhook-id`."})
    event_type = ma.fields.String(
        dump_only=True, metadata={"example": "order.approved", "description": "What it told."}
    )
    attempt = ma.fields.Integer(dump_only=True, metadata={"example": 1, "description": "Of this message."})
    succeeded = ma.fields.Boolean(dump_only=True, metadata={"example": True, "description": "Answered 2xx."})
    status_code = ma.fields.Integer(
        dump_only=True, allow_none=True, metadata={"example": 200, "description": "What was answered, if anything."}
    )
    error = ma.fields.String(
        dump_only=True, allow_none=True, metadata={"example": None, "description": "Why nothing was answered."}
    )
    duration_ms = ma.fields.Integer(dump_only=True, metadata={"example": 34, "description": "Of this attempt."})
    created_at = _time("When it was tried.")


class WebhookDeliveryArgs(ListArgs):
    message_id = ma.fields.UUID(metadata={"example": _ID, "description": "Attempts of this message."})
    event_type = ma.fields.String(
        validate=ma.validate.Length(max=100), metadata={"example": "order.approved", "description": "Of this type."}
    )


class ReplaySchema(ma.Schema):
    since = ma.fields.AwareDateTime(
        load_default=None,
        metadata={"example": "2026-11-21T08:00:00Z", "description": "Only messages posted after this time."},
    )


class ReplayedSchema(ma.Schema):
    messages = ma.fields.Integer(required=True, metadata={"example": 4, "description": "How many will be sent again."})


class MessageSchema(ma.Schema):
    message_id: Any = ma.fields.UUID(
        required=True, metadata={"example": _ID, "description": "Appears in the deliveries."}
    )
