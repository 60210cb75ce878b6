"""The layers of the settings in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import Body, version_read

RULES = {"field_propagation_rules": {"dimension_value:Brand": "inherit_unless_overridden"}}


def stated() -> ma.fields.Dict:
    """What a layer says; which keys it may have is the settings' own business."""
    return ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Raw(allow_none=True),
        required=True,
        metadata={"example": {"propagation_mode": "prompt"} | RULES},
    )


class LayerSchema(Body):
    """A layer. `version` in a request is the version that was read."""

    workspace = ma.fields.UUID(dump_only=True)
    workspace_name = ma.fields.String(dump_only=True, metadata={"example": "Demo"})
    settings = stated()
    version = version_read(allow_none=True)
    created = ma.fields.DateTime(dump_only=True, allow_none=True)
    last_updated = ma.fields.DateTime(dump_only=True, allow_none=True)


class SettingsSchema(LayerSchema):
    """A person's own layer."""

    id = ma.fields.Integer(dump_only=True, allow_none=True, metadata={"example": 4})
    user = ma.fields.String(dump_only=True, metadata={"example": "ada"})
    user_name = ma.fields.String(dump_only=True, allow_none=True, metadata={"example": "Ada"})


class EffectiveSchema(ma.Schema):
    value = ma.fields.Raw(required=True, metadata={"example": "automatic"})
    layer = ma.fields.String(required=True, metadata={"example": "workspace"})


class CurrentSettingsSchema(SettingsSchema):
    """The caller's row, or what an empty one would say, and what counts in the end."""

    effective: Any = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(EffectiveSchema),
        dump_only=True,
        metadata={"description": "Each setting, its value and the layer that it comes from."},
    )
