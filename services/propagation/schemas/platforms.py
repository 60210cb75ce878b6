"""The catalogue of platforms in JSON."""

import marshmallow as ma

from services.propagation.schemas.fields import Body
from services.propagation.schemas.structure import FieldSchema, PlatformSchema


class CatalogueSchema(ma.Schema):
    catalogue = ma.fields.String(required=True, metadata={"example": "meta-ads", "description": "What to install."})
    name = ma.fields.String(
        required=True, metadata={"example": "Meta Ads", "description": "What the platform is called."}
    )
    platform_type = ma.fields.String(
        required=True, metadata={"example": "social", "description": "What kind of platform it is."}
    )
    levels = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={
            "example": ["business manager", "ad account", "campaign", "ad set", "ad", "URL"],
            "description": "Its kinds of entities from the top down.",
        },
    )
    platform = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"example": 7, "description": "The platform of this workspace that has it; null if none has."},
    )


class CataloguesSchema(ma.Schema):
    results = ma.fields.List(
        ma.fields.Nested(CatalogueSchema), required=True, metadata={"description": "All that can be installed."}
    )


class InstallSchema(Body):
    catalogue = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=50),
        metadata={"example": "meta-ads", "description": "The name of a catalogue."},
    )


class InstalledSchema(PlatformSchema):
    """The new platform with its fields, from the top level down."""

    fields_ = ma.fields.List(
        ma.fields.Nested(FieldSchema),
        data_key="fields",
        required=True,
        metadata={"description": "From the top level down."},
    )
