"""Strings and their details in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma

from services.propagation.models import Detail, String
from services.propagation.schemas.fields import MAX_ID, Body, Flag, Map, Query, Reference, csv_or_json, text
from shared.listing import ListArgs, Several

MAX_CUSTOM_FIELDS = 50
PLAIN = (str, int, float, bool, type(None))


def read_only(kind: type[ma.fields.Field[Any]], example: Any, description: str, **options: Any) -> Any:
    metadata = {"example": example, "description": description}
    return kind(dump_only=True, allow_none=True, metadata=metadata, **options)


class DetailSchema(Body):
    """One choice of a string for one dimension."""

    id = read_only(ma.fields.Integer, 40, "Its id.")
    string = read_only(ma.fields.Integer, 12, "The string that it is a choice of.")
    dimension = read_only(ma.fields.Integer, 3, "The dimension that it is a choice for.")
    dimension_name = read_only(ma.fields.String, "Brand", "Name of the dimension.")
    dimension_value = read_only(ma.fields.Integer, 7, "The value of the list, if it is one.")
    dimension_value_display = read_only(ma.fields.String, "Nike", "Label of that value.")
    dimension_value_freetext = read_only(ma.fields.String, None, "The free text, if it is one.")
    effective_value = read_only(
        ma.fields.String, "NIKE", "What stands in the name: the value of the list, else the free text."
    )
    is_inherited = read_only(ma.fields.Boolean, True, "Whether it came from above instead of being chosen here.")
    source_string = read_only(ma.fields.Integer, 9, "The nearest string above whose own choice it is.")
    pending_since = read_only(ma.fields.DateTime, None, "Since when it has not reached everyone below.")
    version = read_only(ma.fields.Integer, 1, "Grows with each change.")
    created = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it was made.")
    last_updated = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it last changed.")


class GenerationMetadataSchema(ma.Schema):
    last_regenerated = ma.fields.DateTime(
        allow_none=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When the name was last made."}
    )
    regenerated_from = ma.fields.String(
        allow_none=True, metadata={"example": "PUMA-EU", "description": "The name before that."}
    )
    dimension_values_used = ma.fields.Dict(
        metadata={"example": {"Brand": "NIKE", "Region": "EU"}, "description": "Effective values by name of dimension."}
    )


class StringSchema(Body):
    """One name in the tree, with what it is built from."""

    id = read_only(ma.fields.Integer, 12, "Its id.")
    string_uuid = read_only(
        ma.fields.UUID, "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "An id that can be known before the string is made."
    )
    parent = read_only(ma.fields.Integer, 9, "The string that it stands under.")
    field = read_only(ma.fields.Integer, 2, "The kind of entity that it names.")
    field_level = read_only(ma.fields.Integer, 2, "Level of the field; 1 is the top.")
    rule = read_only(ma.fields.Integer, 1, "The rule that makes its name.")
    submission = read_only(ma.fields.Integer, None, "The folder that it lies in.")
    value = read_only(ma.fields.String, "NIKE_SS26|[launch]", "The name.")
    custom_fields = read_only(ma.fields.Dict, {"budget": 1000}, "Plain values by key.")
    details: Any = ma.fields.List(
        ma.fields.Nested(DetailSchema),
        dump_only=True,
        metadata={"example": [], "description": "The choices that the name is made from."},
    )
    is_auto_generated = read_only(
        ma.fields.Boolean, True, "False for a name that was given and still lacks required details."
    )
    generation_metadata: Any = ma.fields.Nested(
        GenerationMetadataSchema, dump_only=True, metadata={"description": "When and from what the name was made."}
    )
    stale = read_only(ma.fields.Boolean, False, "Whether it is behind what stands above, or behind its own details.")
    stale_reason = read_only(
        ma.fields.String, None, "Why: pending_propagation, regeneration_disabled, failed, incomplete."
    )
    stale_since = read_only(ma.fields.DateTime, None, "Since when.")
    stale_sources: Any = ma.fields.List(
        ma.fields.Integer(),
        dump_only=True,
        metadata={"example": [], "description": "Strings to propagate from, so that this one is up to date again."},
    )
    can_have_children = read_only(ma.fields.Boolean, True, "Whether there is a level below its field.")
    suggested_child_field = read_only(ma.fields.Integer, 3, "The field of that level.")
    version = read_only(ma.fields.Integer, 1, "Grows with each change.")
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it was made.")
    updated_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it last changed.")
    created_by = read_only(ma.fields.String, "ada", "Who made it; null is the system.")


class PlacedStringSchema(StringSchema):
    level = read_only(ma.fields.Integer, 1, "Steps from the string asked for.")
    path: Any = ma.fields.List(
        ma.fields.Integer(),
        dump_only=True,
        metadata={"example": [9, 12], "description": "Ids from the upper string to the lower one, both included."},
    )


class NewDetailSchema(DetailSchema):
    """A choice in a new string. What was read of another string's detail may be repeated."""

    dimension = Reference(metadata={"description": "The dimension by id."})
    dimension_name = text(30, example="Brand", metadata={"description": "The dimension by name."})
    dimension_value = Reference(allow_none=True, metadata={"description": "A value of the list; null leaves it empty."})
    dimension_value_freetext = text(
        100, example="launch", allow_none=True, metadata={"description": "A free text; null leaves it empty."}
    )
    own = Flag(
        load_only=True,
        load_default=False,
        metadata={"example": False, "description": "True keeps it from counting as inherited."},
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
    return Map(
        keys=text(30, example="budget", required=True),
        values=ma.fields.Raw(allow_none=True, validate=_demand_plain),
        validate=ma.validate.Length(max=MAX_CUSTOM_FIELDS),
        metadata={
            "example": {"budget": 1000},
            "description": "Up to 50 keys of 30 characters with plain values; null takes a key away.",
        },
        **options,
    )


def _demand_plain(value: Any) -> None:
    if not isinstance(value, PLAIN):
        raise ma.ValidationError("not_plain|A custom field holds a text, a number, true, false or null.")
    if isinstance(value, str) and "\x00" in value:
        raise ma.ValidationError("control_character|Control characters are not allowed.")


class NewStringSchema(StringSchema):
    """A new string; its `value` is generated, and checked where it is given."""

    field = Reference(required=True, metadata={"description": "The kind of entity to name."})
    rule = Reference(
        allow_none=True, metadata={"description": "The rule; else that of the parent, else that of the submission."}
    )
    submission = Reference(allow_none=True, metadata={"description": "The folder to lie in."})
    parent = Reference(allow_none=True, metadata={"description": "The string to stand under."})
    parent_uuid = ma.fields.UUID(
        allow_none=True,
        load_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The same by its UUID."},
    )
    details: Any = ma.fields.List(
        ma.fields.Nested(NewDetailSchema),
        validate=ma.validate.Length(max=200),
        metadata={
            "example": [{"dimension": 3, "dimension_value": 7}],
            "description": "The choices in full, instead of values.",
        },
    )
    values = Map(
        keys=ma.fields.String(),
        values=text(100, example="NIKE", allow_none=True),
        load_only=True,
        validate=ma.validate.Length(max=200),
        metadata={"example": {"Brand": "NIKE"}, "description": "Details in short: name of the dimension to text."},
    )
    custom_fields = custom_fields()
    inherit_missing = Flag(
        load_only=True,
        load_default=False,
        metadata={"example": True, "description": "Whether to take from the parent what is not given."},
    )
    value = text(
        400,
        example="NIKE_SS26|[launch]",
        allow_none=True,
        metadata={"description": "Generated; if given with all required details it must equal that."},
    )
    dry_run = Flag(
        load_only=True,
        load_default=False,
        metadata={"example": False, "description": "Shows what would be stored and stores nothing."},
    )

    @ma.validates_schema
    def _check_shape(self, data: Mapping[str, Any], **_options: Any) -> None:
        if data.get("details") and data.get("values"):
            raise ma.ValidationError("both_forms|Give details or values, not both.", "values")
        if data.get("value") is not None and not data["value"].strip():
            raise ma.ValidationError("blank|This may not be blank.", "value")


class StringAnswerSchema(StringSchema):
    """A string as it is, or with `dry_run` as it would be (then it has no id)."""

    dry_run = ma.fields.Boolean(metadata={"example": True, "description": "Whether it was only shown."})
    message = ma.fields.String(metadata={"example": "Nothing was stored.", "description": "What a dry run has to say."})


class DeleteArgs(Query):
    cascade = ma.fields.Boolean(load_default=False)
    dry_run = ma.fields.Boolean(load_default=False)


class DeletedSchema(ma.Schema):
    dry_run = ma.fields.Boolean(
        required=True, metadata={"example": True, "description": "Whether it was only rehearsed."}
    )
    deleted = ma.fields.Integer(required=True, metadata={"example": 7, "description": "How many strings would go."})
    strings = ma.fields.List(
        ma.fields.Integer(), required=True, metadata={"example": [12, 13], "description": "At most 1000 of them."}
    )
    message = ma.fields.String(
        required=True, metadata={"example": "7 strings would be deleted.", "description": "The same in words."}
    )


def key() -> ma.fields.Integer:
    """An id in a query, where everything is text."""
    return ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7})


class StringArgs(ListArgs):
    id = Several(key())
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
