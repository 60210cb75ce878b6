"""What strings were before, in JSON."""

import marshmallow as ma


class FieldUpdateSchema(ma.Schema):
    """One thing that a version changed: a detail, a custom field (under `key`) or the parent."""

    dimension = ma.fields.Integer(
        allow_none=True, metadata={"example": 3, "description": "The dimension, where a detail changed."}
    )
    dimension_name = ma.fields.String(allow_none=True, metadata={"example": "Brand", "description": "Its name."})
    key = ma.fields.String(
        allow_none=True, metadata={"example": None, "description": "The custom field, where one changed."}
    )
    field = ma.fields.String(
        metadata={
            "example": "dimension_value",
            "description": "dimension_value, dimension_value_freetext, custom_fields, parent or submission.",
        }
    )
    old = ma.fields.Raw(allow_none=True, metadata={"example": 7, "description": "What was stored before."})
    new = ma.fields.Raw(allow_none=True, metadata={"example": 8, "description": "What is stored since."})
    old_display = ma.fields.Raw(
        allow_none=True, metadata={"example": "NIKE", "description": "The same as people read it."}
    )
    new_display = ma.fields.Raw(
        allow_none=True, metadata={"example": "PUMA", "description": "The same as people read it."}
    )


class VersionSchema(ma.Schema):
    version = ma.fields.Integer(metadata={"example": 2, "description": "The version that came of it."})
    string_value = ma.fields.String(metadata={"example": "PUMA-EU", "description": "The name since then."})
    field_updates = ma.fields.List(
        ma.fields.Nested(FieldUpdateSchema), metadata={"example": [], "description": "What changed."}
    )
    original_values = ma.fields.Dict(
        metadata={
            "example": {"value": "NIKE-EU", "details": {"Brand": "NIKE"}},
            "description": "The name and what changed, as they were before.",
        }
    )
    change_type = ma.fields.String(
        metadata={
            "example": "direct_edit",
            "description": "direct_edit, batch_update, inheritance_update, regeneration or rollback.",
        }
    )
    batch_id = ma.fields.UUID(
        allow_none=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run that changed it."},
    )
    caused_by_version = ma.fields.Integer(
        allow_none=True,
        metadata={"example": None, "description": "Version of the string that an inherited value came from."},
    )
    modified_by = ma.fields.String(
        allow_none=True, metadata={"example": "ada", "description": "Who changed it; null is the system."}
    )
    modified_at = ma.fields.DateTime(metadata={"example": "2026-11-20T08:00:00Z", "description": "When."})
