"""Errors of runs in JSON."""

import marshmallow as ma

from services.propagation.models.runs import ERROR_TYPES
from services.propagation.schemas.strings import key
from shared.listing import ListArgs, Several


class ErrorSchema(ma.Schema):
    id = ma.fields.Integer(metadata={"example": 31, "description": "Its id."})
    job = ma.fields.UUID(
        attribute="job_id",
        dump_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run that it happened in."},
    )
    job_batch_id = ma.fields.UUID(
        attribute="job_id",
        dump_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The same id under another name."},
    )
    string = ma.fields.Integer(
        attribute="string_id",
        allow_none=True,
        metadata={"example": 12, "description": "The string that failed; null if there is none, or none any more."},
    )
    string_value = ma.fields.String(
        allow_none=True, metadata={"example": "NIKE-EU", "description": "The present name of that string."}
    )
    string_detail = ma.fields.Integer(
        attribute="string_detail_id",
        allow_none=True,
        metadata={"example": 40, "description": "The detail that was to change, where one was named."},
    )
    error_type = ma.fields.String(metadata={"example": "conflict_error", "description": "The type of the failure."})
    error_message = ma.fields.String(
        metadata={"example": "The name 'NIKE-EU' belongs to string 9.", "description": "What went wrong."}
    )
    error_code = ma.fields.String(metadata={"example": "duplicate_value", "description": "The code of the failure."})
    context_data = ma.fields.Dict(
        metadata={"example": {"level": 2}, "description": "Level, version, update and correlation id."}
    )
    retry_count = ma.fields.Integer(metadata={"example": 0, "description": "Attempts made since."})
    is_retryable = ma.fields.Boolean(metadata={"example": True, "description": "Whether another attempt is allowed."})
    resolved = ma.fields.Boolean(metadata={"example": False, "description": "Whether it is done with."})
    resolution = ma.fields.String(
        allow_none=True,
        metadata={
            "example": "marked_resolved",
            "description": "How it was done with: marked_resolved, retried, superseded or obsolete.",
        },
    )
    resolved_at = ma.fields.DateTime(
        allow_none=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When."}
    )
    resolved_by = ma.fields.String(allow_none=True, metadata={"example": "ada", "description": "By whom."})
    resolved_by_name = ma.fields.String(allow_none=True, metadata={"example": "Ada", "description": "Their name."})
    created = ma.fields.DateTime(
        attribute="created_at", metadata={"example": "2026-11-20T08:00:00Z", "description": "When it happened."}
    )
    last_updated = ma.fields.DateTime(
        attribute="updated_at", metadata={"example": "2026-11-20T08:00:00Z", "description": "When it last changed."}
    )


class ResolvedSchema(ma.Schema):
    message = ma.fields.String(
        required=True, metadata={"example": "The error is resolved.", "description": "What was done."}
    )
    error = ma.fields.Nested(ErrorSchema, required=True, metadata={"description": "The error as it is now."})


class RetriedSchema(ResolvedSchema):
    message = ma.fields.String(
        required=True,
        metadata={"example": "attempt 1 of 3", "description": "Which attempt it was, or why there was none."},
    )
    retry_count = ma.fields.Integer(metadata={"example": 1, "description": "Attempts made."})
    resolved = ma.fields.Boolean(metadata={"example": True, "description": "Whether that did it."})
    job_id = ma.fields.UUID(
        allow_none=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The run of the attempt."},
    )


class ErrorArgs(ListArgs):
    error_type = Several(ma.fields.String(validate=ma.validate.OneOf(ERROR_TYPES)))
    resolved = ma.fields.Boolean()
    is_retryable = ma.fields.Boolean()
    job = Several(ma.fields.UUID())
    string = Several(key())
