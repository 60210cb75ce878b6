"""Figures over runs, and their cleanup, in JSON."""

import marshmallow as ma

from services.propagation.schemas.fields import Body
from shared.jobs.schemas import JobSummaryArgs


class ReportArgs(JobSummaryArgs):
    created_before = ma.fields.AwareDateTime(
        load_default=None, metadata={"example": "2026-12-01T00:00:00Z", "description": "Not included."}
    )


class ReportSchema(ma.Schema):
    jobs = ma.fields.Dict(
        metadata={
            "example": {"total": 3, "by_status": {"completed": 3}, "by_trigger": {"import": 1, "detail_update": 2}},
            "description": "Runs that were asked for in this time.",
        }
    )
    strings = ma.fields.Dict(
        metadata={"example": {"changed": 120, "failed": 2, "skipped": 0}, "description": "What those runs came to."}
    )
    errors = ma.fields.Dict(
        metadata={
            "example": {"total": 2, "unresolved": 1, "by_type": {"conflict_error": 2}},
            "description": "Errors that were recorded in this time.",
        }
    )


class CleanupSchema(Body):
    days = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(0, 36500),
        metadata={"example": 30, "description": "Runs that ended longer ago go; the service's setting if not given."},
    )
