"""Errors of runs in JSON."""

import marshmallow as ma

from services.propagation.models.runs import ERROR_TYPES
from services.propagation.schemas.strings import key
from shared.listing import ListArgs, Several


class ErrorSchema(ma.Schema):
    id = ma.fields.Integer(metadata={"example": 31})
    job = ma.fields.UUID(attribute="job_id", dump_only=True)
    job_batch_id = ma.fields.UUID(attribute="job_id", dump_only=True)
    string = ma.fields.Integer(attribute="string_id", allow_none=True, metadata={"example": 12})
    string_value = ma.fields.String(allow_none=True, metadata={"example": "NIKE-EU"})
    string_detail = ma.fields.Integer(attribute="string_detail_id", allow_none=True, metadata={"example": 40})
    error_type = ma.fields.String(metadata={"example": "conflict_error"})
    error_message = ma.fields.String(metadata={"example": "The name 'NIKE-EU' belongs to string 9."})
    error_code = ma.fields.String(metadata={"example": "duplicate_value"})
    context_data = ma.fields.Dict(metadata={"example": {"level": 2}})
    retry_count = ma.fields.Integer(metadata={"example": 0})
    is_retryable = ma.fields.Boolean()
    resolved = ma.fields.Boolean()
    resolution = ma.fields.String(allow_none=True, metadata={"example": "marked_resolved"})
    resolved_at = ma.fields.DateTime(allow_none=True)
    resolved_by = ma.fields.String(allow_none=True, metadata={"example": "ada"})
    resolved_by_name = ma.fields.String(allow_none=True, metadata={"example": "Ada"})
    created = ma.fields.DateTime(attribute="created_at")
    last_updated = ma.fields.DateTime(attribute="updated_at")


class ResolvedSchema(ma.Schema):
    message = ma.fields.String(required=True, metadata={"example": "The error is resolved."})
    error = ma.fields.Nested(ErrorSchema, required=True)


class RetriedSchema(ResolvedSchema):
    message = ma.fields.String(required=True, metadata={"example": "attempt 1 of 3"})
    retry_count = ma.fields.Integer(metadata={"example": 1})
    resolved = ma.fields.Boolean()
    job_id = ma.fields.UUID(allow_none=True)


class ErrorArgs(ListArgs):
    error_type = Several(ma.fields.String(validate=ma.validate.OneOf(ERROR_TYPES)))
    resolved = ma.fields.Boolean()
    is_retryable = ma.fields.Boolean()
    job = Several(ma.fields.UUID())
    string = Several(key())
