"""Changes of choices, one and many, in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import MAX_ID, Body, Flag, refuse_twins, version_read
from services.propagation.schemas.impact import ImpactSchema
from services.propagation.schemas.options import (
    TEXT,
    VALUE,
    BatchOptions,
    RunOptions,
    depth,
    error_handling,
    freetext,
    rules,
    value_id,
    workspace,
)


class DetailChangeSchema(RunOptions):
    """PATCH of a string detail: a value (null = empty), `own`, and options."""

    dimension_value = value_id()
    dimension_value_freetext = freetext()
    own = Flag(metadata={"example": False, "description": "Keep it whatever stands above."})
    propagation_depth = depth()
    dry_run = Flag(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )
    version = version_read()
    string = ma.fields.Integer(strict=True, metadata={"example": 12, "description": "May be repeated, not changed."})
    dimension = ma.fields.Integer(strict=True, metadata={"example": 3, "description": "May be repeated, not changed."})

    TOLD_TOO = Body.TOLD_TOO | {
        "dimension_name",
        "dimension_value_display",
        "effective_value",
        "is_inherited",
        "source_string",
        "pending_since",
        "created",
        "last_updated",
    }

    @ma.validates_schema
    def _one_value(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get(VALUE) is not None and data.get(TEXT) is not None:
            raise ma.ValidationError("both_values|Send a list value or a free text, not both.", VALUE)
        if VALUE not in data and TEXT not in data and "own" not in data:
            raise ma.ValidationError("required|Send a value or `own`.", VALUE)


class DetailUpdateSchema(ma.Schema):
    """One update of a batch: a detail and the value it shall hold (null = empty)."""

    string_detail_id = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 7, "description": "The detail."},
    )
    dimension_value = value_id()
    dimension_value_freetext = freetext()
    version = version_read()

    @ma.validates_schema
    def _one_value(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get(VALUE) is not None and data.get(TEXT) is not None:
            raise ma.ValidationError("both_values|Send a list value or a free text, not both.", VALUE)
        if VALUE not in data and TEXT not in data:
            raise ma.ValidationError("required|Send a value; null empties the detail.", VALUE)


class _Updates(Body):
    workspace = workspace()


class BatchSchema(_Updates):
    """PUT batch_update."""

    updates = ma.fields.List(
        ma.fields.Nested(DetailUpdateSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=100),
        metadata={"description": "1 to 100 updates, each of another detail."},
    )
    options = ma.fields.Nested(
        BatchOptions, load_default=lambda: {"dry_run": False}, metadata={"description": "The options of the run."}
    )

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("updates", data["updates"], name="string_detail_id", noun="detail")


class AnalyzeSchema(_Updates):
    """POST analyze_impact."""

    string_detail_updates = ma.fields.List(
        ma.fields.Nested(DetailUpdateSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=100),
        metadata={"description": "1 to 100 updates, each of another detail."},
    )
    max_depth = depth()
    propagate = Flag(metadata={"example": True, "description": "False shows the change of the named strings alone."})
    field_propagation_rules = rules()
    error_handling = error_handling()
    background = Flag(
        load_default=False,
        metadata={
            "example": False,
            "description": "A job that keeps the full diff for 24 hours under `jobs/{id}/changes`.",
        },
    )

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("string_detail_updates", data["string_detail_updates"], name="string_detail_id", noun="detail")


class BatchAnswerSchema(ma.Schema):
    job_id = ma.fields.String(
        allow_none=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run; null in a dry run."},
    )
    dry_run = ma.fields.Boolean(metadata={"example": False, "description": "Whether it was only rehearsed."})
    total_affected = ma.fields.Integer(metadata={"example": 7, "description": "Strings changed, each counted once."})
    processing_time = ma.fields.Float(metadata={"example": 0.03, "description": "Seconds."})
    truncated = ma.fields.Boolean(
        metadata={"example": False, "description": "Whether the depth kept strings from changing."}
    )
    successful_updates = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"string_detail_id": 40}],
            "description": "Updates done, with what was before and what they reached.",
        },
    )
    failed_updates = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"string_detail_id": 41, "code": "not_found"}],
            "description": "Updates that failed, with the reason.",
        },
    )
    skipped_updates = ma.fields.List(
        ma.fields.Dict(), metadata={"example": [], "description": "Updates left out for the sake of others."}
    )
    summary = ma.fields.Dict(
        metadata={
            "example": {"total_affected": 7, "failed": 0},
            "description": "The updates counted, and the status of the run.",
        }
    )
    estimated_seconds = ma.fields.Float(metadata={"example": 0.4, "description": "Until a worker is done with it."})
    tracking_url = ma.fields.String(
        metadata={
            "example": "/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "Where to follow the job.",
        }
    )
    impact_analysis = ma.fields.Nested(ImpactSchema, metadata={"description": "In a dry run."})
