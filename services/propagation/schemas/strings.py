"""Strings and their details in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma

from services.propagation.models import Detail, String
from services.propagation.schemas.fields import MAX_ID, Body, Reference, csv_or_json, text
from shared.listing import ListArgs, Several

MAX_CUSTOM_FIELDS = 50
PLAIN = (str, int, float, bool, type(None))


def read_only(kind: type[ma.fields.Field[Any]], example: Any, **options: Any) -> Any:
    return kind(dump_only=True, allow_none=True, metadata={"example": example}, **options)


class DetailSchema(Body):
    """One choice of a string for one dimension."""

    id = read_only(ma.fields.Integer, 40)
    string = read_only(ma.fields.Integer, 12)
    dimension = read_only(ma.fields.Integer, 3)
    dimension_name = read_only(ma.fields.String, "Brand")
    dimension_value = read_only(ma.fields.Integer, 7)
    dimension_value_display = read_only(ma.fields.String, "Nike")
    dimension_value_freetext = read_only(ma.fields.String, None)
    effective_value = read_only(ma.fields.String, "NIKE")
    is_inherited = read_only(ma.fields.Boolean, True)
    source_string = read_only(ma.fields.Integer, 9)
    pending_since = read_only(ma.fields.DateTime, None)
    version = read_only(ma.fields.Integer, 1)
    created = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    last_updated = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")


class GenerationMetadataSchema(ma.Schema):
    last_regenerated = ma.fields.DateTime(allow_none=True)
    regenerated_from = ma.fields.String(allow_none=True, metadata={"example": "PUMA-EU"})
    dimension_values_used = ma.fields.Dict(metadata={"example": {"Brand": "NIKE", "Region": "EU"}})


class StringSchema(Body):
    """One name in the tree, with what it is built from."""

    id = read_only(ma.fields.Integer, 12)
    string_uuid = read_only(ma.fields.UUID, "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21")
    parent = read_only(ma.fields.Integer, 9)
    field = read_only(ma.fields.Integer, 2)
    field_level = read_only(ma.fields.Integer, 2)
    rule = read_only(ma.fields.Integer, 1)
    submission = read_only(ma.fields.Integer, None)
    value = read_only(ma.fields.String, "NIKE_SS26|[launch]")
    custom_fields = read_only(ma.fields.Dict, {"budget": 1000})
    details: Any = ma.fields.List(ma.fields.Nested(DetailSchema), dump_only=True)
    is_auto_generated = read_only(ma.fields.Boolean, True)
    generation_metadata: Any = ma.fields.Nested(GenerationMetadataSchema, dump_only=True)
    stale = read_only(ma.fields.Boolean, False)
    stale_reason = read_only(ma.fields.String, None)
    stale_since = read_only(ma.fields.DateTime, None)
    stale_sources: Any = ma.fields.List(
        ma.fields.Integer(),
        dump_only=True,
        metadata={"example": [], "description": "Strings to propagate from, so that this one is up to date again."},
    )
    can_have_children = read_only(ma.fields.Boolean, True)
    suggested_child_field = read_only(ma.fields.Integer, 3)
    version = read_only(ma.fields.Integer, 1)
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    updated_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    created_by = read_only(ma.fields.String, "ada")


class PlacedStringSchema(StringSchema):
    level = read_only(ma.fields.Integer, 1)
    path: Any = ma.fields.List(
        ma.fields.Integer(),
        dump_only=True,
        metadata={"example": [9, 12], "description": "Ids from the upper string to the lower one, both included."},
    )


class NewDetailSchema(DetailSchema):
    """A choice in a new string. What was read of another string's detail may be repeated."""

    dimension = Reference()
    dimension_name = text(30, example="Brand")
    dimension_value = Reference(allow_none=True)
    dimension_value_freetext = text(100, example="launch", allow_none=True)
    own = ma.fields.Boolean(
        load_only=True, load_default=False, metadata={"description": "True keeps it from counting as inherited."}
    )

    @ma.validates_schema
    def _check_shape(self, data: Mapping[str, Any], **_options: Any) -> None:
        if "dimension" not in data and "dimension_name" not in data:
            raise ma.ValidationError("required|Name the dimension by id or by name.", "dimension")
        if not data.keys() & {"dimension_value", "dimension_value_freetext"}:
            raise ma.ValidationError("required|Give a value of the list or a text; null leaves it empty.")
        if data.get("dimension_value") is not None and data.get("dimension_value_freetext"):
            raise ma.ValidationError("both_values|A detail holds a value of the list or a text, never both.")


def custom_fields(**options: Any) -> ma.fields.Dict:
    """At most 50 keys of 30 characters with plain values; null takes a key away."""
    return ma.fields.Dict(
        keys=text(30, example="budget", required=True),
        values=ma.fields.Raw(allow_none=True, validate=_demand_plain),
        validate=ma.validate.Length(max=MAX_CUSTOM_FIELDS),
        metadata={"example": {"budget": 1000}},
        **options,
    )


def _demand_plain(value: Any) -> None:
    if not isinstance(value, PLAIN):
        raise ma.ValidationError("not_plain|A custom field holds a text, a number, true, false or null.")
    if isinstance(value, str) and "\x00" in value:
        raise ma.ValidationError("control_character|Control characters are not allowed.")


class NewStringSchema(StringSchema):
    """A new string; its `value` is generated, and checked where it is given."""

    field = Reference(required=True)
    rule = Reference(allow_none=True)
    submission = Reference(allow_none=True)
    parent = Reference(allow_none=True)
    parent_uuid = ma.fields.UUID(allow_none=True, load_only=True)
    details: Any = ma.fields.List(ma.fields.Nested(NewDetailSchema), validate=ma.validate.Length(max=200))
    values = ma.fields.Dict(
        keys=ma.fields.String(),
        values=text(100, example="NIKE", allow_none=True),
        load_only=True,
        validate=ma.validate.Length(max=200),
        metadata={"example": {"Brand": "NIKE"}, "description": "Details in short: name of the dimension to text."},
    )
    custom_fields = custom_fields()
    inherit_missing = ma.fields.Boolean(load_only=True, load_default=False)
    value = text(400, example="NIKE_SS26|[launch]", allow_none=True)
    dry_run = ma.fields.Boolean(load_only=True, load_default=False)

    @ma.validates_schema
    def _check_shape(self, data: Mapping[str, Any], **_options: Any) -> None:
        if data.get("details") and data.get("values"):
            raise ma.ValidationError("both_forms|Give details or values, not both.", "values")
        if data.get("value") is not None and not data["value"].strip():
            raise ma.ValidationError("blank|This may not be blank.", "value")


class StringAnswerSchema(StringSchema):
    """A string as it is, or with `dry_run` as it would be (then it has no id)."""

    dry_run = ma.fields.Boolean(metadata={"example": True})
    message = ma.fields.String(metadata={"example": "Nothing was stored."})


class DeleteArgs(ma.Schema):
    cascade = ma.fields.Boolean(load_default=False)
    dry_run = ma.fields.Boolean(load_default=False)


class DeletedSchema(ma.Schema):
    dry_run = ma.fields.Boolean(required=True)
    deleted = ma.fields.Integer(required=True, metadata={"example": 7})
    strings = ma.fields.List(
        ma.fields.Integer(), required=True, metadata={"example": [12, 13], "description": "At most 1000 of them."}
    )
    message = ma.fields.String(required=True, metadata={"example": "7 strings would be deleted."})


class FieldUpdateSchema(ma.Schema):
    """One thing that a version changed: a detail, a custom field (under `key`) or the parent."""

    dimension = ma.fields.Integer(allow_none=True, metadata={"example": 3})
    dimension_name = ma.fields.String(allow_none=True, metadata={"example": "Brand"})
    key = ma.fields.String(allow_none=True, metadata={"example": None})
    field = ma.fields.String(metadata={"example": "dimension_value"})
    old = ma.fields.Raw(allow_none=True, metadata={"example": 7})
    new = ma.fields.Raw(allow_none=True, metadata={"example": 8})
    old_display = ma.fields.Raw(allow_none=True, metadata={"example": "NIKE"})
    new_display = ma.fields.Raw(allow_none=True, metadata={"example": "PUMA"})


class VersionSchema(ma.Schema):
    version = ma.fields.Integer(metadata={"example": 2})
    string_value = ma.fields.String(metadata={"example": "PUMA-EU"})
    field_updates = ma.fields.List(ma.fields.Nested(FieldUpdateSchema))
    original_values = ma.fields.Dict(metadata={"example": {"value": "NIKE-EU", "details": {"Brand": "NIKE"}}})
    change_type = ma.fields.String(metadata={"example": "direct_edit"})
    batch_id = ma.fields.UUID(allow_none=True)
    caused_by_version = ma.fields.Integer(allow_none=True, metadata={"example": None})
    modified_by = ma.fields.String(allow_none=True, metadata={"example": "ada"})
    modified_at = ma.fields.DateTime()


def key() -> ma.fields.Integer:
    """An id in a query, where everything is text."""
    return ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7})


class StringArgs(ListArgs):
    rule = Several(key())
    field = Several(key())
    parent = Several(key())
    submission = Several(key())
    value = Several(ma.fields.String())
    stale = ma.fields.Boolean()
    stale_reason = Several(ma.fields.String())
    dimension_value = Several(key())
    updated_after = ma.fields.AwareDateTime(default_timezone=None, metadata={"example": "2026-11-20T08:00:00Z"})
    format = csv_or_json()


class WalkArgs(ListArgs):
    max_depth = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(1, 50),
        metadata={"example": 2, "description": "Number of levels; 1 is the children, or the parent."},
    )


class DetailArgs(ListArgs):
    string = Several(key())
    dimension = Several(key())
    dimension_value = Several(key())
    is_inherited = ma.fields.Boolean()
    pending = ma.fields.Boolean(metadata={"description": "Whether it has not reached everyone below yet."})


def detail_view(detail: Detail) -> dict[str, Any]:
    """A loaded detail (with its dimension and value) under the names of its shape."""
    chosen = detail.chosen
    return {
        "id": detail.id,
        "string": detail.string_id,
        "dimension": detail.dimension_id,
        "dimension_name": detail.dimension.name,
        "dimension_value": detail.dimension_value_id,
        "dimension_value_display": chosen.label if chosen else None,
        "dimension_value_freetext": detail.dimension_value_freetext,
        "effective_value": detail.effective_value,
        "is_inherited": detail.is_inherited,
        "source_string": detail.source_string_id,
        "pending_since": detail.pending_since,
        "version": detail.version,
        "created": detail.created_at,
        "last_updated": detail.updated_at,
    }


def string_view(string: String, *, stale_sources: Sequence[int] = ()) -> dict[str, Any]:
    """A loaded string (with its field and details) under the names of its shape."""
    return {
        "id": string.id,
        "string_uuid": string.string_uuid,
        "parent": string.parent_id,
        "field": string.field_id,
        "field_level": string.field.field_level,
        "rule": string.rule_id,
        "submission": string.submission_id,
        "value": string.value,
        "custom_fields": string.custom_fields,
        "details": [detail_view(detail) for detail in string.details],
        "is_auto_generated": string.is_auto_generated,
        "generation_metadata": string.generation_metadata,
        "stale": string.stale_reason is not None,
        "stale_reason": string.stale_reason,
        "stale_since": string.stale_since,
        "stale_sources": list(stale_sources),
        "can_have_children": string.field.next_field_id is not None,
        "suggested_child_field": string.field.next_field_id,
        "version": string.version,
        "created_at": string.created_at,
        "updated_at": string.updated_at,
        "created_by": string.created_by,
    }
