"""What every service tells about its jobs; a service subclasses these to add its own words."""

from typing import Any

import marshmallow as ma

from shared.jobs.models import ACTIVE, ENDED
from shared.listing import ListArgs, Several


class JobSchema(ma.Schema):
    """A job as decided for all services; durations in seconds."""

    id = ma.fields.UUID(dump_only=True)
    kind = ma.fields.String(dump_only=True, metadata={"example": "report.build"})
    status = ma.fields.String(dump_only=True, metadata={"example": "running", "enum": [*ACTIVE, *ENDED]})
    total = ma.fields.Integer(dump_only=True, metadata={"example": 7})
    processed = ma.fields.Integer(dump_only=True, metadata={"example": 6})
    failed = ma.fields.Integer(dump_only=True, metadata={"example": 1})
    skipped = ma.fields.Integer(dump_only=True, metadata={"example": 0})
    progress_percentage = ma.fields.Float(dump_only=True, metadata={"example": 85.7})
    attempt = ma.fields.Integer(dump_only=True, metadata={"example": 1})
    max_attempts = ma.fields.Integer(dump_only=True, metadata={"example": 5})
    dead_letter = ma.fields.Boolean(dump_only=True)
    cancel_requested = ma.fields.Boolean(dump_only=True)
    error = ma.fields.Dict(
        dump_only=True,
        allow_none=True,
        metadata={"example": {"code": "timeout", "detail": "It took longer than allowed."}},
    )
    created_at = ma.fields.AwareDateTime(dump_only=True)
    started_at = ma.fields.AwareDateTime(dump_only=True, allow_none=True)
    completed_at = ma.fields.AwareDateTime(dump_only=True, allow_none=True)
    duration_seconds = ma.fields.Float(dump_only=True, allow_none=True, metadata={"example": 1.2})
    requested_by = ma.fields.String(dump_only=True, allow_none=True, metadata={"example": "ada"})
    requested_by_name = ma.fields.String(dump_only=True, allow_none=True, metadata={"example": "Ada"})
    correlation_id = ma.fields.UUID(dump_only=True)
    origin_correlation_id = ma.fields.UUID(dump_only=True, allow_none=True)
    retry_of = ma.fields.UUID(dump_only=True, allow_none=True)


class JobListArgs(ListArgs):
    """Filters of a job list; status may be repeated."""

    status = Several(ma.fields.String(validate=ma.validate.OneOf([*ACTIVE, *ENDED])))
    kind = Several(ma.fields.String(validate=ma.validate.Length(max=100)))
    requested_by = ma.fields.String(validate=ma.validate.Length(max=200))
    retry_of = ma.fields.UUID()
    dead_letter = ma.fields.Boolean()
    created_after = ma.fields.AwareDateTime()
    created_before = ma.fields.AwareDateTime()


class _StrictQuery(ma.Schema):
    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        # webargs drops unknown query names unless every call site says otherwise; here they are always an error.
        return super().load(data, unknown=ma.RAISE, **options)


class JobSummaryArgs(_StrictQuery):
    created_after = ma.fields.AwareDateTime(load_default=None)


class JobEventsArgs(_StrictQuery):
    last_event_id = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(0, 2**63 - 1),
        metadata={"description": "Where to resume; the header Last-Event-ID goes first."},
    )


class JobSummarySchema(ma.Schema):
    total_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 20})
    pending_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 1})
    running_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 2})
    completed_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 14})
    partial_failure_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 1})
    failed_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 1})
    cancelled_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 1})
    success_rate = ma.fields.Float(
        dump_only=True, metadata={"description": "Percent of the jobs that were not cancelled."}
    )
    average_duration_seconds = ma.fields.Float(dump_only=True, allow_none=True, metadata={"example": 1.2})
    p95_duration_seconds = ma.fields.Float(dump_only=True, allow_none=True, metadata={"example": 4.8})


class RetrySchema(ma.Schema):
    """Body of a retry; a service may offer more choices, which are laid over the payload of the job."""
