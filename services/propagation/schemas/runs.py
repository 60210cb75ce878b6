"""Runs in JSON."""

import marshmallow as ma

from services.propagation.models.runs import METHODS, TRIGGERS
from services.propagation.schemas.fields import Body, Flag, csv_or_json
from services.propagation.schemas.options import error_handling
from services.propagation.schemas.strings import key
from shared.current import current_session
from shared.jobs.schemas import JobListArgs, JobSchema, JobSummarySchema, RetrySchema
from shared.listing import ListArgs, Several


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


class UndoingRunSchema(RunSchema):
    new_job_id = ma.fields.UUID(
        attribute="id",
        dump_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run that takes it back."},
    )


class RunListArgs(JobListArgs):
    processing_method = Several(ma.fields.String(validate=ma.validate.OneOf(METHODS)))
    trigger_type = Several(ma.fields.String(validate=ma.validate.OneOf(TRIGGERS)))
    triggered_by = Several(ma.fields.String(validate=ma.validate.Length(max=200)))
    string = Several(key(), metadata={"description": "Runs that changed one of these strings or were asked to."})


class RunSummarySchema(JobSummarySchema):
    unresolved_errors = ma.fields.Integer(
        dump_only=True, metadata={"example": 3, "description": "Errors of runs that wait for somebody."}
    )


class RunRetrySchema(Body, RetrySchema):
    retry_failed_only = Flag(load_default=True, metadata={"example": True, "description": "Keeps what was applied."})
    reason = ma.fields.String(
        validate=ma.validate.Length(max=500),
        metadata={"example": "The value is back.", "description": "Why, for the audit log."},
    )


class UndoSchema(Body):
    dry_run = Flag(
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
    before = ma.fields.Dict(
        metadata={
            "example": {"value": "NIKE_SS26", "details": {"Brand": "NIKE"}, "custom_fields": {}},
            "description": "Its name, and what changed with it, as they were.",
        }
    )
    after = ma.fields.Dict(
        metadata={
            "example": {"value": "PUMA_SS26", "details": {"Brand": "PUMA"}, "custom_fields": {}},
            "description": "The same as they are since, or were to be.",
        }
    )
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
