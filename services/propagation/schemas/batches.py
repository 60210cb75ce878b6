"""Many strings changed by one call, in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import MAX_ID, Body, Flag, Map, refuse_twins, text, version_read
from services.propagation.schemas.impact import ImpactSchema
from services.propagation.schemas.options import BatchOptions, depth, error_handling, rules, workspace
from services.propagation.schemas.strings import custom_fields


class StringUpdateSchema(ma.Schema):
    """What is wanted of one string; only what is there is changed."""

    string_id = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 12, "description": "The string."},
    )
    values = Map(
        keys=text(30, example="Brand"),
        values=text(100, example="NIKE", allow_none=True),
        validate=ma.validate.Length(max=200),
        metadata={
            "example": {"Brand": "PUMA", "Note": None},
            "description": "Name of the dimension to the text of its value; null empties the detail.",
        },
    )
    custom_fields = custom_fields()
    parent = ma.fields.Integer(
        strict=True,
        allow_none=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 9, "description": "The string to stand under from now on; null for none."},
    )
    version = version_read()

    @ma.validates_schema
    def _wants_something(self, data: dict[str, Any], **_options: Any) -> None:
        if not (data.get("values") or data.get("custom_fields") or "parent" in data):
            raise ma.ValidationError("required|Send values, custom fields or a parent.", "values")


class _StringUpdates(Body):
    workspace = workspace()

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("updates", data["updates"], name="string_id", noun="string")


def _updates(limit: int) -> ma.fields.List[Any]:
    return ma.fields.List(
        ma.fields.Nested(StringUpdateSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=limit),
        metadata={"description": f"1 to {limit} updates, each of another string."},
    )


class StringBatchSchema(_StringUpdates):
    """PUT strings/batch_update."""

    updates = _updates(1000)
    options = ma.fields.Nested(
        BatchOptions, load_default=lambda: {"dry_run": False}, metadata={"description": "The options of the run."}
    )


class StringAnalyzeSchema(_StringUpdates):
    """POST strings/analyze_impact."""

    updates = _updates(500)
    max_depth = depth()
    propagate = Flag(metadata={"example": True, "description": "False shows the change of the named strings alone."})
    field_propagation_rules = rules()
    error_handling = error_handling()


class ImpactCountsSchema(ma.Schema):
    direct_updates = ma.fields.Integer(metadata={"example": 2, "description": "Strings that change because named."})
    inherited_updates = ma.fields.Integer(metadata={"example": 5, "description": "Strings that follow."})
    total_affected = ma.fields.Integer(metadata={"example": 7, "description": "All of them, each counted once."})
    max_depth = ma.fields.Integer(metadata={"example": 3, "description": "Levels included, the named one the first."})


class BlockerSchema(ma.Schema):
    """Something that would stop the run, or a part of it."""

    type = ma.fields.String(
        metadata={
            "example": "duplicate_value",
            "description": "`duplicate_value`, `circular_reference`, or the type of the failure.",
        }
    )
    code = ma.fields.String(metadata={"example": "duplicate_value", "description": "The code of the failure."})
    message = ma.fields.String(
        metadata={"example": "The name 'PUMA-EU' belongs to string 9.", "description": "The failure in words."}
    )
    severity = ma.fields.String(metadata={"example": "high", "description": "How much it matters."})
    string_id = ma.fields.Integer(allow_none=True, metadata={"example": 12, "description": "The string that fails."})
    index = ma.fields.Integer(metadata={"example": 0, "description": "The update, where it fails by itself."})
    conflicting_string_id = ma.fields.Integer(
        metadata={"example": 9, "description": "The string that has the name, where that is the trouble."}
    )


class StringImpactSchema(ImpactSchema):
    """The analysis of a batch of strings."""

    impact = ma.fields.Nested(ImpactCountsSchema, metadata={"description": "What changes, counted."})
    blockers = ma.fields.List(
        ma.fields.Nested(BlockerSchema), metadata={"description": "What would stop the run, or a part of it."}
    )


class UpdatedStringSchema(ma.Schema):
    """A named string as it is now."""

    index = ma.fields.Integer(metadata={"example": 0, "description": "Place of its update."})
    string_id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    original_value = ma.fields.String(metadata={"example": "NIKE-EU", "description": "Its name before."})
    value = ma.fields.String(metadata={"example": "PUMA-EU", "description": "Its name now."})
    version = ma.fields.Integer(metadata={"example": 4, "description": "Its version now."})
    affected_count = ma.fields.Integer(
        metadata={"example": 3, "description": "Strings that its update changed, itself included."}
    )
    failed_strings = ma.fields.List(
        ma.fields.Integer(), metadata={"example": [], "description": "Strings below it that failed."}
    )


class FailedUpdateSchema(ma.Schema):
    index = ma.fields.Integer(metadata={"example": 1, "description": "Place of the update."})
    update = ma.fields.Dict(
        metadata={"example": {"string_id": 13, "values": {"Brand": "PUMA"}}, "description": "The update as it came."}
    )
    string_id = ma.fields.Integer(allow_none=True, metadata={"example": 13, "description": "Null if there is none."})
    error = ma.fields.String(metadata={"example": "There is no string 13.", "description": "What is wrong."})
    error_type = ma.fields.String(metadata={"example": "validation_error", "description": "The type of the failure."})
    code = ma.fields.String(metadata={"example": "not_found", "description": "The code of the failure."})
    conflicting_string_id = ma.fields.Integer(
        metadata={"example": 9, "description": "The string that has the name, where that is the trouble."}
    )


class SkippedUpdateSchema(ma.Schema):
    index = ma.fields.Integer(metadata={"example": 2, "description": "Place of the update."})
    string_id = ma.fields.Integer(metadata={"example": 14, "description": "The string."})
    reason = ma.fields.String(metadata={"example": "An update before it failed.", "description": "Why it was left."})


class BatchCountsSchema(ma.Schema):
    total_updates = ma.fields.Integer(metadata={"example": 3, "description": "Updates asked for."})
    successful_count = ma.fields.Integer(metadata={"example": 2, "description": "Updates done."})
    failed_count = ma.fields.Integer(metadata={"example": 1, "description": "Updates that failed."})
    skipped_count = ma.fields.Integer(
        metadata={"example": 0, "description": "Updates left out for the sake of others."}
    )
    status = ma.fields.String(
        metadata={
            "example": "partial_failure",
            "enum": ["completed", "partial_failure", "failed", "pending"],
            "description": "How the run ended, or that a worker has it.",
        }
    )


class StringBatchAnswerSchema(ma.Schema):
    """What became of each update."""

    success = ma.fields.Boolean(metadata={"example": True, "description": "Whether nothing failed (so far)."})
    dry_run = ma.fields.Boolean(metadata={"example": False, "description": "Whether it was only rehearsed."})
    job_id = ma.fields.UUID(
        allow_none=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run; null in a dry run."},
    )
    updated_strings = ma.fields.List(
        ma.fields.Nested(UpdatedStringSchema), metadata={"description": "Named strings that were done."}
    )
    failed_updates = ma.fields.List(
        ma.fields.Nested(FailedUpdateSchema), metadata={"description": "Updates that failed, with the reason."}
    )
    skipped_updates = ma.fields.List(
        ma.fields.Nested(SkippedUpdateSchema), metadata={"description": "Updates left out for the sake of others."}
    )
    total_affected = ma.fields.Integer(metadata={"example": 7, "description": "Strings changed, each counted once."})
    processing_time = ma.fields.Float(metadata={"example": 0.03, "description": "Seconds."})
    truncated = ma.fields.Boolean(
        metadata={"example": False, "description": "Whether the depth kept strings from changing."}
    )
    summary = ma.fields.Nested(BatchCountsSchema, metadata={"description": "The updates, counted."})
    estimated_seconds = ma.fields.Float(metadata={"example": 0.4, "description": "Until a worker is done with it."})
    tracking_url = ma.fields.String(
        metadata={
            "example": "/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "Where to follow the job.",
        }
    )
    impact_analysis = ma.fields.Nested(ImpactSchema, metadata={"description": "In a dry run."})
