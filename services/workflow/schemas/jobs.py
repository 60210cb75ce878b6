"""Jobs of this service in JSON, and the items of bulk jobs."""

import marshmallow as ma

from services.workflow.models.jobs import ITEM_STATUSES
from services.workflow.schemas.bulk import BulkItemSchema
from shared.jobs.schemas import JobSchema
from shared.listing import ListArgs, Several


class BulkOfJobSchema(ma.Schema):
    """What a bulk job does, and whether it was taken back."""

    operation_type = ma.fields.String(required=True, metadata={"example": "transition_to_APPROVED"})
    entity = ma.fields.String(required=True, metadata={"example": "work_order"})
    dry_run = ma.fields.Boolean(required=True, metadata={"example": False})
    rollback_on_error = ma.fields.Boolean(required=True, metadata={"example": True})
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    was_rolled_back = ma.fields.Boolean(required=True, metadata={"example": False})
    rollback_reason = ma.fields.String(required=True, allow_none=True, metadata={"example": None})


class WorkflowJobSchema(JobSchema):
    """A job; `bulk` and `checked` are those of a bulk operation."""

    bulk = ma.fields.Nested(BulkOfJobSchema, dump_only=True, allow_none=True)
    checked = ma.fields.Integer(
        dump_only=True,
        metadata={"example": 3000, "description": "Items looked at before a run of all or nothing."},
    )


class JobItemSchema(BulkItemSchema):
    """One item of a bulk job; it is pending until the job comes to it."""

    id = ma.fields.Raw(required=True, attribute="sent", metadata={"example": 12, "description": "As it was sent."})
    status = ma.fields.String(required=True, metadata={"example": "done", "enum": [*ITEM_STATUSES]})


class JobItemArgs(ListArgs):
    status = Several(ma.fields.String(validate=ma.validate.OneOf(ITEM_STATUSES), metadata={"example": "failed"}))
