"""What every service tells about its jobs; a service subclasses these to add its own words."""

from typing import Any

import marshmallow as ma

from shared.jobs.models import ACTIVE, ENDED
from shared.listing import ListArgs, Several


class JobSchema(ma.Schema):
    """A job as decided for all services; durations in seconds."""

    id = ma.fields.UUID(
        dump_only=True, metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "Its id."}
    )
    kind = ma.fields.String(dump_only=True, metadata={"example": "report.build", "description": "What it does."})
    status = ma.fields.String(
        dump_only=True, metadata={"example": "running", "enum": [*ACTIVE, *ENDED], "description": "Where it stands."}
    )
    total = ma.fields.Integer(dump_only=True, metadata={"example": 7, "description": "Items to do."})
    processed = ma.fields.Integer(dump_only=True, metadata={"example": 6, "description": "Items done."})
    failed = ma.fields.Integer(
        dump_only=True, metadata={"example": 1, "description": "Items that were to be done and were not."}
    )
    skipped = ma.fields.Integer(
        dump_only=True, metadata={"example": 0, "description": "Those of them that did not fail by themselves."}
    )
    progress_percentage = ma.fields.Float(
        dump_only=True, metadata={"example": 85.7, "description": "Percent of the items that are done or failed."}
    )
    attempt = ma.fields.Integer(dump_only=True, metadata={"example": 1, "description": "The present attempt."})
    max_attempts = ma.fields.Integer(
        dump_only=True, metadata={"example": 5, "description": "Attempts until it is given up."}
    )
    dead_letter = ma.fields.Boolean(
        dump_only=True, metadata={"example": False, "description": "Whether it was given up and waits for a person."}
    )
    cancel_requested = ma.fields.Boolean(
        dump_only=True, metadata={"example": False, "description": "Whether it is to stop."}
    )
    error = ma.fields.Dict(
        dump_only=True,
        allow_none=True,
        metadata={
            "example": {"code": "timeout", "detail": "It took longer than allowed."},
            "description": "Why it failed.",
        },
    )
    created_at = ma.fields.AwareDateTime(
        dump_only=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When it was asked for."}
    )
    started_at = ma.fields.AwareDateTime(
        dump_only=True, allow_none=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When work began."}
    )
    completed_at = ma.fields.AwareDateTime(
        dump_only=True, allow_none=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When it ended."}
    )
    duration_seconds = ma.fields.Float(
        dump_only=True, allow_none=True, metadata={"example": 1.2, "description": "From start to end."}
    )
    requested_by = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": "ada", "description": "Who asked for it; null is the system."},
    )
    requested_by_name = ma.fields.String(
        dump_only=True, allow_none=True, metadata={"example": "Ada", "description": "Their name."}
    )
    correlation_id = ma.fields.UUID(
        dump_only=True,
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "Of the request that asked for it.",
        },
    )
    origin_correlation_id = ma.fields.UUID(
        dump_only=True,
        allow_none=True,
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "Of the request that began the story.",
        },
    )
    retry_of = ma.fields.UUID(
        dump_only=True,
        allow_none=True,
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "The job that this one tries again.",
        },
    )


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
    total_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 20, "description": "All jobs."})
    pending_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 1, "description": "Jobs that wait."})
    running_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 2, "description": "Jobs at work."})
    completed_jobs = ma.fields.Integer(
        dump_only=True, metadata={"example": 14, "description": "Jobs that did everything."}
    )
    partial_failure_jobs = ma.fields.Integer(
        dump_only=True, metadata={"example": 1, "description": "Jobs that did a part."}
    )
    failed_jobs = ma.fields.Integer(dump_only=True, metadata={"example": 1, "description": "Jobs that did nothing."})
    cancelled_jobs = ma.fields.Integer(
        dump_only=True, metadata={"example": 1, "description": "Jobs that were stopped."}
    )
    success_rate = ma.fields.Float(
        dump_only=True, metadata={"example": 93.3, "description": "Percent of the jobs that were not cancelled."}
    )
    average_duration_seconds = ma.fields.Float(
        dump_only=True,
        allow_none=True,
        metadata={"example": 1.2, "description": "Of the jobs that have ended; null without any."},
    )
    p95_duration_seconds = ma.fields.Float(
        dump_only=True,
        allow_none=True,
        metadata={"example": 4.8, "description": "95 of 100 ended jobs took no longer."},
    )


class RetrySchema(ma.Schema):
    """Body of a retry; a service may offer more choices, which are laid over the payload of the job."""
