"""The layers of the settings in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import Body, Map, version_read

RULES = {"field_propagation_rules": {"dimension_value:Brand": "inherit_unless_overridden"}}


def stated() -> ma.fields.Dict:
    """What a layer says; which keys it may have is the settings' own business."""
    return Map(
        keys=ma.fields.String(),
        values=ma.fields.Raw(allow_none=True),
        required=True,
        metadata={"example": {"propagation_mode": "prompt"} | RULES, "description": "What the layer states, by key."},
    )


class LayerSchema(Body):
    """A layer. `version` in a request is the version that was read."""

    workspace = ma.fields.UUID(
        dump_only=True, metadata={"example": "5d0c1f0e-7a52-4f0e-9d0b-3c6a2f1b8e44", "description": "The workspace."}
    )
    workspace_name = ma.fields.String(dump_only=True, metadata={"example": "Demo", "description": "Its name."})
    settings = stated()
    version = version_read(allow_none=True)
    created = ma.fields.DateTime(
        dump_only=True,
        allow_none=True,
        metadata={"example": "2026-11-20T08:00:00Z", "description": "When it was made."},
    )
    last_updated = ma.fields.DateTime(
        dump_only=True,
        allow_none=True,
        metadata={"example": "2026-11-20T08:00:00Z", "description": "When it last changed."},
    )


class SettingsSchema(LayerSchema):
    """A person's own layer."""

    id = ma.fields.Integer(
        dump_only=True,
        allow_none=True,
        metadata={"example": 4, "description": "Its id; null where the caller has stated nothing yet."},
    )
    user = ma.fields.String(dump_only=True, metadata={"example": "ada", "description": "The person."})
    user_name = ma.fields.String(
        dump_only=True, allow_none=True, metadata={"example": "Ada", "description": "Their name."}
    )


class EffectiveSchema(ma.Schema):
    value = ma.fields.Raw(required=True, metadata={"example": "automatic", "description": "What counts."})
    layer = ma.fields.String(
        required=True,
        metadata={
            "example": "workspace",
            "description": "The layer that says so: request, user, workspace or service.",
        },
    )


class CurrentSettingsSchema(SettingsSchema):
    """The caller's row, or what an empty one would say, and what counts in the end."""

    effective: Any = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(EffectiveSchema),
        dump_only=True,
        metadata={
            "example": {"propagation_mode": {"value": "automatic", "layer": "service"}},
            "description": "Each setting, its value and the layer that it comes from.",
        },
    )
