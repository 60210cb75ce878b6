"""Bodies and queries of the calls that change one string and what hangs on it."""

import json
from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import MAX_ID, Body, Flag, Query, Reference, text
from services.propagation.schemas.impact import RunAnswerSchema
from services.propagation.schemas.options import DEPTH, TEXT, VALUE, RunOptions, error_handling, request_approval
from services.propagation.schemas.strings import DetailSchema, StringSchema, custom_fields, key


class ChangeOptions(RunOptions):
    """Options of a change of one string, as in PATCH of a detail."""

    propagation_depth = ma.fields.Integer(
        strict=True,
        validate=DEPTH,
        metadata={"example": 10, "description": "Levels that may change, the string's own included."},
    )
    dry_run = Flag(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )
    version = ma.fields.Integer(strict=True, metadata={"example": 3, "description": "The version that was read."})


class NewDetailBody(DetailSchema, ChangeOptions):
    """A detail for a dimension that the string lacks; null leaves it empty."""

    version = ma.fields.Integer(dump_only=True, metadata={"example": 1, "description": "Grows with each change."})
    string = Reference(required=True, metadata={"description": "The string that gets it."})
    dimension = Reference(required=True, metadata={"description": "The dimension that it is a choice for."})
    dimension_value = Reference(allow_none=True, metadata={"description": "A value of the list; null leaves it empty."})
    dimension_value_freetext = text(
        100, example="launch", allow_none=True, metadata={"description": "A free text; null leaves it empty."}
    )
    own = Flag(load_only=True, metadata={"example": False, "description": "Keep it from counting as inherited."})

    @ma.validates_schema
    def _one_value(self, data: dict[str, Any], **_options: Any) -> None:
        if VALUE not in data and TEXT not in data:
            raise ma.ValidationError("required|Send a value; null leaves the detail empty.", VALUE)
        if data.get(VALUE) is not None and data.get(TEXT) is not None:
            raise ma.ValidationError("both_values|Send a list value or a free text, not both.", VALUE)


class StringChangeBody(StringSchema, ChangeOptions):
    """PATCH of a string: parent, submission, custom fields (keys are merged, null takes one away)."""

    TOLD_TOO = Body.TOLD_TOO | {"level", "path"}

    version = ma.fields.Integer(strict=True, metadata={"example": 3, "description": "The version that was read."})
    parent = Reference(
        "parent_id", allow_none=True, metadata={"description": "The string to stand under from now on; null for none."}
    )
    parent_uuid = ma.fields.UUID(
        allow_none=True,
        load_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The same by its UUID."},
    )
    submission = Reference(
        "submission_id", allow_none=True, metadata={"description": "The folder to lie in from now on; null for none."}
    )
    custom_fields = custom_fields()


class ResetBody(ChangeOptions):
    """Gives up an own value."""


class PropagateBody(Body):
    """Which details are sent down: those named, all, or else those that have not reached everyone."""

    dimensions = ma.fields.List(
        key(),
        validate=ma.validate.Length(max=200),
        metadata={"example": [3], "description": "The dimensions whose details are sent down."},
    )
    all = Flag(load_default=False, metadata={"example": False, "description": "Sends all details down."})
    max_depth = ma.fields.Integer(
        strict=True,
        validate=DEPTH,
        metadata={"example": 10, "description": "Levels that may change, the string's own included."},
    )
    error_handling = error_handling()
    dry_run = Flag(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )
    confirm_token = ma.fields.String(
        validate=ma.validate.Length(max=2000),
        metadata={
            "example": "eyJ0…",
            "description": "The token of a preview: exactly what it showed is done, or nothing.",
        },
    )


class RestoreBody(RunOptions):
    """Which version comes back, and the options of a change."""

    version = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 2, "description": "The version whose details and custom fields come back."},
    )
    propagation_depth = ma.fields.Integer(
        strict=True,
        validate=DEPTH,
        metadata={"example": 10, "description": "Levels that may change, the string's own included."},
    )
    dry_run = Flag(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )


class RulesText(ma.fields.Field[Any]):
    """A map of rules in a query: JSON in a text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:  # noqa: ARG002
        try:
            rules = json.loads(value)
        except ValueError as failure:
            raise ma.ValidationError("invalid|This is not JSON.") from failure
        if not isinstance(rules, dict):
            raise ma.ValidationError("invalid|Must be an object of rule keys and rules.")
        return rules


class ChangeQuery(Query):
    """The options of a change where there is no body."""

    propagate = ma.fields.Boolean()
    propagation_depth = ma.fields.Integer(validate=DEPTH)
    error_handling = ma.fields.String(validate=ma.validate.OneOf(["continue", "stop", "rollback"]))
    mode = ma.fields.String(validate=ma.validate.OneOf(["automatic", "manual", "prompt"]))
    field_propagation_rules = RulesText(
        metadata={"type": "string", "example": '{"dimension_value": "inherit_always"}', "description": "JSON."}
    )
    dry_run = ma.fields.Boolean(load_default=False)
    confirm_token = ma.fields.String(validate=ma.validate.Length(max=2000))
    request_approval = request_approval(ma.fields.Boolean)


class ChangedDetailSchema(DetailSchema, RunAnswerSchema):
    """The detail as it is now, and its run."""


class ChangedStringSchema(StringSchema, RunAnswerSchema):
    """The string as it is now, and its run."""


class PropagatedSchema(RunAnswerSchema):
    string = ma.fields.Nested(StringSchema, metadata={"description": "The string as it is now."})
