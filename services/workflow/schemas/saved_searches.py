"""Saved searches, their messages, and documents of other owners."""

from typing import Any

import marshmallow as ma

from services.workflow.domain.search.entities import ENTITIES
from services.workflow.models.rows import PRIORITIES
from services.workflow.models.search import FREQUENCIES
from services.workflow.schemas.fields import Body, KeptSchema, Moment, Person, Text, Word, read_only
from services.workflow.schemas.search import FiltersByEntity, QueryText, entity_list
from shared.listing import ListArgs


class SavedSearchSchema(KeptSchema):
    """A search under a name. Its alerts see what its owner's last save of it had permissions for."""

    name = Text(100, example="My open tickets", least=1, required=True)
    description = Text(500, example="Everything that waits for me", allow_none=True)
    query = QueryText()
    entities = entity_list()
    filters: Any = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.OneOf(ENTITIES, error="unknown_entity|filters: unknown entity.")),
        metadata={"example": {"ticket": {"status": ["NEW"]}}},
    )
    alert_enabled = ma.fields.Boolean(metadata={"example": True})
    alert_frequency = ma.fields.String(
        validate=ma.validate.OneOf(
            FREQUENCIES, error="unknown_frequency|alert_frequency: realtime, hourly, daily or weekly."
        ),
        metadata={"example": "daily"},
    )
    is_public = ma.fields.Boolean(metadata={"description": "Shown to everybody of the tenant."})
    next_alert_at = read_only(ma.fields.DateTime, None)

    @ma.validates("filters")
    def _check_filters(self, value: dict[str, Any], **_options: Any) -> None:
        FiltersByEntity().load(value)


class SavedSearchArgs(ListArgs):
    include = ma.fields.String(
        load_default=None, validate=ma.validate.OneOf(["public"]), metadata={"description": "Also those of others."}
    )


class FoundItemSchema(ma.Schema):
    entity = ma.fields.String(required=True, metadata={"example": "ticket"})
    id = ma.fields.String(required=True, metadata={"example": "12"})
    title = ma.fields.String(required=True, metadata={"example": "Elevator stuck"})


class SearchAlertSchema(ma.Schema):
    """One message: what was new."""

    id = ma.fields.Integer(required=True, metadata={"example": 4})
    saved_search_id = ma.fields.Integer(required=True, metadata={"example": 2})
    items = ma.fields.List(ma.fields.Nested(FoundItemSchema), required=True)
    created_at = ma.fields.DateTime(required=True)
    mute = ma.fields.String(required=True, metadata={"example": "/api/workflow/v1/saved-searches/2/mute"})


class DocumentSchema(Body):
    """What the owner of something lets people find."""

    entity = read_only(ma.fields.String, "asset")
    id = ma.fields.String(attribute="document_id", dump_only=True, metadata={"example": "pump-7"})
    title = Text(200, example="Pump 7", least=1, required=True)
    subtitle = Text(200, example="Boiler room", allow_none=True)
    body = Text(10_000, example="Feeds the heating of the east wing.", allow_none=True)
    metadata = ma.fields.Dict(attribute="data", metadata={"example": {"department": "facilities"}})
    owner = Person(allow_none=True)
    assignee = Person(attribute="assigned_to_user", allow_none=True)
    team = Person(attribute="assigned_to_team", allow_none=True, example="heating")
    priority = Word(*PRIORITIES, allow_none=True)
    state = Text(50, example="ACTIVE", allow_none=True)
    required_permission = Text(100, example="asset.view", allow_none=True)
    source_updated_at = Moment(required=True)

    @ma.post_load
    def _upper_state(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        if data.get("state"):
            data["state"] = data["state"].upper()
        return data
