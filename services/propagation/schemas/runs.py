"""Changes of choices, their impact, and runs, in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.models.runs import METHODS, TRIGGERS
from services.propagation.schemas.fields import MAX_ID, Body, csv_or_json, refuse_twins, version_read
from shared.current import current_session
from shared.jobs.schemas import JobListArgs, JobSchema, JobSummarySchema, RetrySchema
from shared.listing import ListArgs, Several

RULE_WORDS = ("inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never")
DEPTH = ma.validate.Range(1, 50)
VALUE, TEXT = "dimension_value", "dimension_value_freetext"


def _value_id() -> ma.fields.Integer:
    return ma.fields.Integer(
        strict=True, allow_none=True, validate=ma.validate.Range(1, MAX_ID), metadata={"example": 42}
    )


def _freetext() -> ma.fields.String:
    return ma.fields.String(
        allow_none=True, validate=[ma.validate.Length(max=100), printable], metadata={"example": "launch week"}
    )


def printable(value: str) -> None:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise ma.ValidationError("control_character|Control characters are not allowed.")


def rules() -> ma.fields.Dict:
    return ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.Length(max=100)),
        values=ma.fields.String(validate=ma.validate.OneOf(RULE_WORDS)),
        metadata={"example": {"dimension_value": "inherit_always"}},
    )


def depth() -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=DEPTH, metadata={"example": 10})


def error_handling() -> ma.fields.String:
    return ma.fields.String(
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"example": "continue", "description": "What happens to the rest if something fails."},
    )


class RunOptions(Body):
    """The request's layer of the settings; what is left out comes from the user, the workspace, the service."""

    propagate = ma.fields.Boolean(metadata={"example": True})
    error_handling = error_handling()
    mode = ma.fields.String(
        validate=ma.validate.OneOf(["automatic", "manual", "prompt"]), metadata={"example": "automatic"}
    )
    field_propagation_rules = rules()
    confirm_token = ma.fields.String(validate=ma.validate.Length(max=2000), metadata={"example": "eyJ0…"})


class DetailChangeSchema(RunOptions):
    """PATCH of a string detail: a value (null = empty), `own`, and options."""

    dimension_value = _value_id()
    dimension_value_freetext = _freetext()
    own = ma.fields.Boolean(metadata={"example": False, "description": "Keep it whatever stands above."})
    propagation_depth = depth()
    dry_run = ma.fields.Boolean(load_default=False, metadata={"example": False})
    version = version_read()
    string = ma.fields.Integer(strict=True, metadata={"description": "May be repeated, not changed."})
    dimension = ma.fields.Integer(strict=True, metadata={"description": "May be repeated, not changed."})

    READ_ONLY = (
        "dimension_name",
        "dimension_value_display",
        "effective_value",
        "is_inherited",
        "source_string",
        "pending_since",
        "created",
        "last_updated",
    )

    @ma.pre_load
    def _forget_computed(self, data: Any, **_options: Any) -> Any:
        return {k: v for k, v in data.items() if k not in self.READ_ONLY} if isinstance(data, dict) else data

    @ma.validates_schema
    def _one_value(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get(VALUE) is not None and data.get(TEXT) is not None:
            raise ma.ValidationError("both_values|Send a list value or a free text, not both.", VALUE)
        if VALUE not in data and TEXT not in data and "own" not in data:
            raise ma.ValidationError("required|Send a value or `own`.", VALUE)


class DetailUpdateSchema(ma.Schema):
    """One update of a batch: a detail and the value it shall hold (null = empty)."""

    string_detail_id = ma.fields.Integer(
        required=True, strict=True, validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}
    )
    dimension_value = _value_id()
    dimension_value_freetext = _freetext()
    version = version_read()

    @ma.validates_schema
    def _one_value(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get(VALUE) is not None and data.get(TEXT) is not None:
            raise ma.ValidationError("both_values|Send a list value or a free text, not both.", VALUE)
        if VALUE not in data and TEXT not in data:
            raise ma.ValidationError("required|Send a value; null empties the detail.", VALUE)


class BatchOptions(RunOptions):
    max_depth = depth()
    parallel_processing = ma.fields.Boolean(metadata={"example": True})
    dry_run = ma.fields.Boolean(load_default=False, metadata={"example": False})


class _Updates(Body):
    workspace = ma.fields.UUID(metadata={"description": "If given, the token's."})


class BatchSchema(_Updates):
    """PUT batch_update."""

    updates = ma.fields.List(
        ma.fields.Nested(DetailUpdateSchema), required=True, validate=ma.validate.Length(min=1, max=100)
    )
    options = ma.fields.Nested(BatchOptions, load_default=lambda: {"dry_run": False})

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("updates", data["updates"], name="string_detail_id", noun="detail")


class AnalyzeSchema(_Updates):
    """POST analyze_impact."""

    string_detail_updates = ma.fields.List(
        ma.fields.Nested(DetailUpdateSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=100),
    )
    max_depth = depth()
    propagate = ma.fields.Boolean(metadata={"example": True})
    field_propagation_rules = rules()
    error_handling = error_handling()
    background = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "A job that keeps the full diff for 24 hours under `jobs/{id}/changes`."},
    )

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("string_detail_updates", data["string_detail_updates"], name="string_detail_id", noun="detail")


class AffectedStringSchema(ma.Schema):
    string_id = ma.fields.Integer(metadata={"example": 12})
    string_value = ma.fields.String(metadata={"example": "NIKE_SS27"})
    new_value = ma.fields.String(metadata={"example": "ADIDAS_SS27"})
    value_changed = ma.fields.Boolean()
    field_level = ma.fields.Integer(metadata={"example": 2})
    parent_id = ma.fields.Integer(allow_none=True, metadata={"example": 9})
    level = ma.fields.Integer(metadata={"example": 0, "description": "0 = named in the request."})
    path = ma.fields.List(ma.fields.Integer(), metadata={"example": [9, 12]})
    change_type = ma.fields.String(metadata={"example": "inherited"})
    changed_fields = ma.fields.List(ma.fields.String(), metadata={"example": ["dimension_value"]})
    changes = ma.fields.List(ma.fields.Dict(), metadata={"example": [{"field": "dimension_value", "old": 7, "new": 8}]})
    children = ma.fields.List(ma.fields.Integer(), metadata={"example": [13]})


class ImpactSchema(ma.Schema):
    """Everything that a run over the same data would change, and what stands in its way."""

    affected_strings = ma.fields.List(ma.fields.Nested(AffectedStringSchema))
    affected_strings_truncated = ma.fields.Boolean()
    warnings = ma.fields.List(
        ma.fields.Dict(), metadata={"example": [{"type": "not_found", "severity": "high", "string_id": 12}]}
    )
    conflicts = ma.fields.List(ma.fields.Dict(), metadata={"example": [{"type": "duplicate_value", "string_id": 12}]})
    summary = ma.fields.Dict(metadata={"example": {"total_affected": 7, "failed": 0}})
    confirm_token = ma.fields.String(metadata={"example": "eyJ0…"})
    expires_at = ma.fields.AwareDateTime()


class RunAnswerSchema(ma.Schema):
    """What a change tells about its run; with `dry_run` the analysis is all there is."""

    propagation_summary = ma.fields.Dict(metadata={"example": {"status": "completed", "total_affected": 7}})
    impact_analysis = ma.fields.Nested(ImpactSchema)
    dry_run = ma.fields.Boolean()
    message = ma.fields.String(metadata={"example": "Nothing was written."})


class BatchAnswerSchema(ma.Schema):
    job_id = ma.fields.String(allow_none=True, metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"})
    dry_run = ma.fields.Boolean()
    total_affected = ma.fields.Integer(metadata={"example": 7})
    processing_time = ma.fields.Float(metadata={"description": "Seconds."})
    truncated = ma.fields.Boolean()
    successful_updates = ma.fields.List(ma.fields.Dict(), metadata={"example": [{"string_detail_id": 40}]})
    failed_updates = ma.fields.List(
        ma.fields.Dict(), metadata={"example": [{"string_detail_id": 41, "code": "not_found"}]}
    )
    skipped_updates = ma.fields.List(ma.fields.Dict(), metadata={"example": []})
    summary = ma.fields.Dict(metadata={"example": {"total_affected": 7, "failed": 0}})
    estimated_seconds = ma.fields.Float(metadata={"example": 0.4})
    tracking_url = ma.fields.String(
        metadata={"example": "/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"}
    )
    impact_analysis = ma.fields.Nested(ImpactSchema)


def workspace_name() -> str:
    """Of the workspace that this request is in; a job is never shown outside of its own."""
    name: str = current_session().info["standing"].name
    return name


class RunSchema(JobSchema):
    """A job of this service: the words common to all services, and its own beside them."""

    batch_id = ma.fields.UUID(attribute="id", dump_only=True)
    workspace = ma.fields.UUID(attribute="tenant_id", dump_only=True)
    workspace_name = ma.fields.Function(lambda _job: workspace_name(), metadata={"type": "string", "example": "Demo"})
    trigger_type = ma.fields.String(dump_only=True, metadata={"example": "detail_update"})
    triggered_by = ma.fields.String(
        attribute="requested_by", dump_only=True, allow_none=True, metadata={"example": "ada"}
    )
    triggered_by_name = ma.fields.String(dump_only=True, metadata={"example": "Ada"})
    duration = ma.fields.String(dump_only=True, allow_none=True, metadata={"example": "3m 5s"})
    total_strings = ma.fields.Integer(attribute="total", dump_only=True, metadata={"example": 7})
    processed_strings = ma.fields.Integer(attribute="processed", dump_only=True, metadata={"example": 6})
    failed_strings = ma.fields.Integer(attribute="failed", dump_only=True, metadata={"example": 1})
    skipped_strings = ma.fields.Integer(attribute="skipped", dump_only=True, metadata={"example": 0})
    success_rate = ma.fields.Float(dump_only=True, metadata={"example": 85.7})
    max_depth = ma.fields.Integer(dump_only=True, metadata={"example": 10})
    truncated = ma.fields.Boolean(dump_only=True)
    processing_method = ma.fields.String(dump_only=True, metadata={"example": "synchronous"})
    error_handling = ma.fields.String(dump_only=True, metadata={"example": "continue"})
    metadata = ma.fields.Dict(attribute="metadata_", dump_only=True, metadata={"example": {"current_level": 2}})
    error_message = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": None, "description": "Empty where there is nothing to say."},
    )
    undo_of = ma.fields.UUID(dump_only=True, allow_none=True)
    undone_by = ma.fields.UUID(dump_only=True, allow_none=True)
    created = ma.fields.AwareDateTime(attribute="created_at", dump_only=True)
    last_updated = ma.fields.AwareDateTime(dump_only=True)


class RunListArgs(JobListArgs):
    processing_method = Several(ma.fields.String(validate=ma.validate.OneOf(METHODS)))
    trigger_type = Several(ma.fields.String(validate=ma.validate.OneOf(TRIGGERS)))
    triggered_by = Several(ma.fields.String(validate=ma.validate.Length(max=200)))
    string = ma.fields.Integer(
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 12, "description": "Runs that changed this string or were asked to."},
    )


class RunSummarySchema(JobSummarySchema):
    unresolved_errors = ma.fields.Integer(dump_only=True, metadata={"example": 3})


class RunRetrySchema(RetrySchema):
    retry_failed_only = ma.fields.Boolean(load_default=True, metadata={"example": True})
    reason = ma.fields.String(validate=ma.validate.Length(max=500), metadata={"example": "The value is back."})


class UndoSchema(ma.Schema):
    dry_run = ma.fields.Boolean(load_default=False, metadata={"example": False})
    error_handling = error_handling()


class RunChangeSchema(ma.Schema):
    string = ma.fields.Integer(attribute="string_id", metadata={"example": 12})
    level = ma.fields.Integer(metadata={"example": 1})
    change_type = ma.fields.String(metadata={"example": "inherited"})
    outcome = ma.fields.String(metadata={"example": "applied"})
    value_before = ma.fields.String(metadata={"example": "NIKE_SS26"})
    value = ma.fields.String(allow_none=True, metadata={"example": "PUMA_SS26"})
    before = ma.fields.Dict(metadata={"example": {"Brand": "NIKE"}})
    after = ma.fields.Dict(metadata={"example": {"Brand": "PUMA"}})
    version_before = ma.fields.Integer(allow_none=True, metadata={"example": 3})
    version_after = ma.fields.Integer(allow_none=True, metadata={"example": 4})
    problem = ma.fields.String(
        allow_none=True, metadata={"example": None, "description": "Why the string was, or would be, left out."}
    )


class RunChangeArgs(ListArgs):
    outcome = Several(ma.fields.String(validate=ma.validate.OneOf(["planned", "applied", "failed", "skipped"])))
    format = csv_or_json()
