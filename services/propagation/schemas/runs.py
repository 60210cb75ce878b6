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
        strict=True,
        allow_none=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 42, "description": "A value of the list; null empties the detail."},
    )


def _freetext() -> ma.fields.String:
    return ma.fields.String(
        allow_none=True,
        validate=[ma.validate.Length(max=100), printable],
        metadata={"example": "launch week", "description": "A free text; null empties the detail."},
    )


def printable(value: str) -> None:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise ma.ValidationError("control_character|Control characters are not allowed.")


def rules() -> ma.fields.Dict:
    return ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.Length(max=100)),
        values=ma.fields.String(validate=ma.validate.OneOf(RULE_WORDS)),
        metadata={"example": {"dimension_value": "inherit_always"}, "description": "Rules of inheritance by rule key."},
    )


def depth() -> ma.fields.Integer:
    return ma.fields.Integer(
        strict=True,
        validate=DEPTH,
        metadata={"example": 10, "description": "Levels that may change, the named string's own included."},
    )


def error_handling() -> ma.fields.String:
    return ma.fields.String(
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"example": "continue", "description": "What happens to the rest if something fails."},
    )


class RunOptions(Body):
    """The request's layer of the settings; what is left out comes from the user, the workspace, the service."""

    propagate = ma.fields.Boolean(
        metadata={
            "example": True,
            "description": "False changes the named strings alone and marks what is below as stale.",
        }
    )
    error_handling = error_handling()
    mode = ma.fields.String(
        validate=ma.validate.OneOf(["automatic", "manual", "prompt"]),
        metadata={
            "example": "automatic",
            "description": "automatic, manual (nothing flows down) or prompt (asks before further strings change).",
        },
    )
    field_propagation_rules = rules()
    confirm_token = ma.fields.String(
        validate=ma.validate.Length(max=2000),
        metadata={
            "example": "eyJ0…",
            "description": "The token of a preview: exactly what it showed is done, or nothing.",
        },
    )


class DetailChangeSchema(RunOptions):
    """PATCH of a string detail: a value (null = empty), `own`, and options."""

    dimension_value = _value_id()
    dimension_value_freetext = _freetext()
    own = ma.fields.Boolean(metadata={"example": False, "description": "Keep it whatever stands above."})
    propagation_depth = depth()
    dry_run = ma.fields.Boolean(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )
    version = version_read()
    string = ma.fields.Integer(strict=True, metadata={"example": 12, "description": "May be repeated, not changed."})
    dimension = ma.fields.Integer(strict=True, metadata={"example": 3, "description": "May be repeated, not changed."})

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
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 7, "description": "The detail."},
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
    parallel_processing = ma.fields.Boolean(
        metadata={"example": True, "description": "False keeps the run to one worker."}
    )
    dry_run = ma.fields.Boolean(
        load_default=False, metadata={"example": False, "description": "Shows what would happen and writes nothing."}
    )


class _Updates(Body):
    workspace = ma.fields.UUID(
        metadata={"example": "5d0c1f0e-7a52-4f0e-9d0b-3c6a2f1b8e44", "description": "If given, the token's."}
    )


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
    propagate = ma.fields.Boolean(
        metadata={"example": True, "description": "False shows the change of the named strings alone."}
    )
    field_propagation_rules = rules()
    error_handling = error_handling()
    background = ma.fields.Boolean(
        load_default=False,
        metadata={
            "example": False,
            "description": "A job that keeps the full diff for 24 hours under `jobs/{id}/changes`.",
        },
    )

    @ma.validates_schema
    def _each_once(self, data: dict[str, Any], **_options: Any) -> None:
        refuse_twins("string_detail_updates", data["string_detail_updates"], name="string_detail_id", noun="detail")


class AffectedStringSchema(ma.Schema):
    string_id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    string_value = ma.fields.String(metadata={"example": "NIKE_SS27", "description": "Its name now."})
    new_value = ma.fields.String(metadata={"example": "ADIDAS_SS27", "description": "Its name after the run."})
    value_changed = ma.fields.Boolean(metadata={"example": True, "description": "Whether the two differ."})
    field_level = ma.fields.Integer(metadata={"example": 2, "description": "Level of its field; 1 is the top."})
    parent_id = ma.fields.Integer(
        allow_none=True, metadata={"example": 9, "description": "The string that it stands under."}
    )
    level = ma.fields.Integer(metadata={"example": 0, "description": "0 = named in the request."})
    path = ma.fields.List(
        ma.fields.Integer(),
        metadata={"example": [9, 12], "description": "Ids from the topmost affected string down to it."},
    )
    change_type = ma.fields.String(
        metadata={"example": "inherited", "description": "direct for a named string, else inherited."}
    )
    changed_fields = ma.fields.List(
        ma.fields.String(), metadata={"example": ["dimension_value"], "description": "The kinds of what changes in it."}
    )
    changes = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"field": "dimension_value", "old": 7, "new": 8}],
            "description": "Each change with old and new, as stored and as people read it.",
        },
    )
    children = ma.fields.List(
        ma.fields.Integer(), metadata={"example": [13], "description": "Affected strings directly below."}
    )


class ImpactSchema(ma.Schema):
    """Everything that a run over the same data would change, and what stands in its way."""

    affected_strings = ma.fields.List(
        ma.fields.Nested(AffectedStringSchema),
        metadata={"example": [], "description": "The first 1000 strings that would change."},
    )
    affected_strings_truncated = ma.fields.Boolean(
        metadata={"example": False, "description": "Whether there are more of them."}
    )
    warnings = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"type": "not_found", "severity": "high", "string_id": 12}],
            "description": "What a run would refuse, and what is worth a look.",
        },
    )
    conflicts = ma.fields.List(
        ma.fields.Dict(),
        metadata={
            "example": [{"type": "duplicate_value", "string_id": 12}],
            "description": "Strings that would want a name that another has.",
        },
    )
    summary = ma.fields.Dict(
        metadata={
            "example": {"total_affected": 7, "failed": 0},
            "description": "Exact totals, levels, depth and an estimate of the time.",
        }
    )
    confirm_token = ma.fields.String(
        metadata={"example": "eyJ0…", "description": "Sent with the same request, it does exactly this or nothing."}
    )
    expires_at = ma.fields.AwareDateTime(
        metadata={"example": "2026-11-20T08:00:00Z", "description": "Until when the token counts."}
    )


class RunAnswerSchema(ma.Schema):
    """What a change tells about its run; with `dry_run` the analysis is all there is."""

    propagation_summary = ma.fields.Dict(
        metadata={
            "example": {"status": "completed", "total_affected": 7},
            "description": "How the run went, below the string included.",
        }
    )
    impact_analysis = ma.fields.Nested(
        ImpactSchema, metadata={"description": "What would change, in a dry run or where the caller always wants it."}
    )
    dry_run = ma.fields.Boolean(metadata={"example": False, "description": "Whether it was only rehearsed."})
    message = ma.fields.String(
        metadata={"example": "Nothing was written.", "description": "What a dry run has to say."}
    )


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


def workspace_name() -> str:
    """Of the workspace that this request is in; a job is never shown outside of its own."""
    name: str = current_session().info["standing"].name
    return name


class RunSchema(JobSchema):
    """A job of this service: the words common to all services, and its own beside them."""

    batch_id = ma.fields.UUID(
        attribute="id",
        dump_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The same id under another name."},
    )
    workspace = ma.fields.UUID(
        attribute="tenant_id",
        dump_only=True,
        metadata={"example": "5d0c1f0e-7a52-4f0e-9d0b-3c6a2f1b8e44", "description": "The workspace."},
    )
    workspace_name = ma.fields.Function(
        lambda _job: workspace_name(), metadata={"type": "string", "example": "Demo", "description": "Its name."}
    )
    trigger_type = ma.fields.String(
        dump_only=True, metadata={"example": "detail_update", "description": "What started the run."}
    )
    triggered_by = ma.fields.String(
        attribute="requested_by",
        dump_only=True,
        allow_none=True,
        metadata={"example": "ada", "description": "Who started it; null is the system."},
    )
    triggered_by_name = ma.fields.String(
        dump_only=True, metadata={"example": "Ada", "description": "Their name, or System."}
    )
    duration = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": "3m 5s", "description": "The duration for people; null before the end."},
    )
    total_strings = ma.fields.Integer(
        attribute="total", dump_only=True, metadata={"example": 7, "description": "Strings that were to change."}
    )
    processed_strings = ma.fields.Integer(
        attribute="processed", dump_only=True, metadata={"example": 6, "description": "Strings changed."}
    )
    failed_strings = ma.fields.Integer(
        attribute="failed",
        dump_only=True,
        metadata={"example": 1, "description": "Strings that were to change and did not."},
    )
    skipped_strings = ma.fields.Integer(
        attribute="skipped",
        dump_only=True,
        metadata={"example": 0, "description": "Those of them that did not fail by themselves."},
    )
    success_rate = ma.fields.Float(
        dump_only=True, metadata={"example": 85.7, "description": "Percent of the strings that were to change."}
    )
    max_depth = ma.fields.Integer(
        dump_only=True, metadata={"example": 10, "description": "Levels that may change, the named one included."}
    )
    truncated = ma.fields.Boolean(
        dump_only=True, metadata={"example": False, "description": "Whether that kept strings from changing."}
    )
    processing_method = ma.fields.String(
        dump_only=True, metadata={"example": "synchronous", "description": "synchronous, background or chunked."}
    )
    error_handling = ma.fields.String(
        dump_only=True, metadata={"example": "continue", "description": "What happens to the rest if something fails."}
    )
    metadata = ma.fields.Dict(
        attribute="metadata_",
        dump_only=True,
        metadata={
            "example": {"current_level": 2},
            "description": "The request, the options with their layers, the strings that it began with.",
        },
    )
    error_message = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": None, "description": "Empty where there is nothing to say."},
    )
    undo_of = ma.fields.UUID(
        dump_only=True,
        allow_none=True,
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "The run that this one takes back.",
        },
    )
    undone_by = ma.fields.UUID(
        dump_only=True,
        allow_none=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run that took this one back."},
    )
    created = ma.fields.AwareDateTime(
        attribute="created_at",
        dump_only=True,
        metadata={"example": "2026-11-20T08:00:00Z", "description": "When it was asked for."},
    )
    last_updated = ma.fields.AwareDateTime(
        dump_only=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When it last changed."}
    )


class RunListArgs(JobListArgs):
    processing_method = Several(ma.fields.String(validate=ma.validate.OneOf(METHODS)))
    trigger_type = Several(ma.fields.String(validate=ma.validate.OneOf(TRIGGERS)))
    triggered_by = Several(ma.fields.String(validate=ma.validate.Length(max=200)))
    string = ma.fields.Integer(
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 12, "description": "Runs that changed this string or were asked to."},
    )


class RunSummarySchema(JobSummarySchema):
    unresolved_errors = ma.fields.Integer(
        dump_only=True, metadata={"example": 3, "description": "Errors of runs that wait for somebody."}
    )


class RunRetrySchema(RetrySchema):
    retry_failed_only = ma.fields.Boolean(
        load_default=True, metadata={"example": True, "description": "Keeps what was applied."}
    )
    reason = ma.fields.String(
        validate=ma.validate.Length(max=500),
        metadata={"example": "The value is back.", "description": "Why, for the audit log."},
    )


class UndoSchema(ma.Schema):
    dry_run = ma.fields.Boolean(
        load_default=False,
        metadata={"example": False, "description": "Shows what would be taken back and writes nothing."},
    )
    error_handling = error_handling()


class RunChangeSchema(ma.Schema):
    string = ma.fields.Integer(attribute="string_id", metadata={"example": 12, "description": "The string."})
    level = ma.fields.Integer(metadata={"example": 1, "description": "Steps from the named string."})
    change_type = ma.fields.String(
        metadata={"example": "inherited", "description": "direct for a named string, else inherited."}
    )
    outcome = ma.fields.String(metadata={"example": "applied", "description": "planned, applied, failed or skipped."})
    value_before = ma.fields.String(metadata={"example": "NIKE_SS26", "description": "Its name before."})
    value = ma.fields.String(
        allow_none=True,
        metadata={"example": "PUMA_SS26", "description": "Its name after, or the one that it was to get."},
    )
    before = ma.fields.Dict(metadata={"example": {"Brand": "NIKE"}, "description": "The changed details as they were."})
    after = ma.fields.Dict(metadata={"example": {"Brand": "PUMA"}, "description": "The changed details as they are."})
    version_before = ma.fields.Integer(allow_none=True, metadata={"example": 3, "description": "Its version before."})
    version_after = ma.fields.Integer(
        allow_none=True, metadata={"example": 4, "description": "Its version after; null where nothing was applied."}
    )
    problem = ma.fields.String(
        allow_none=True, metadata={"example": None, "description": "Why the string was, or would be, left out."}
    )


class RunChangeArgs(ListArgs):
    outcome = Several(ma.fields.String(validate=ma.validate.OneOf(["planned", "applied", "failed", "skipped"])))
    format = csv_or_json()
