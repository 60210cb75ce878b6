"""Imports in JSON; the file itself comes as a part of a form."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload

from services.propagation.models import ImportRow
from services.propagation.queries.imports import OUTCOMES
from services.propagation.schemas.fields import MAX_ID, csv_or_json
from shared.listing import ListArgs, Several


class ImportForm(ma.Schema):
    """CSV in UTF-8, at most 100,000 rows or 20 MB, and what to do with it."""

    file = Upload(required=True, metadata={"description": "CSV in UTF-8, its first line names the columns."})
    rule = ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 1, "description": "Makes the names of new strings; stored ones keep their own."},
    )
    dry_run = ma.fields.Boolean(
        load_default=True, metadata={"example": False, "description": "True only tells what would happen."}
    )
    error_handling = ma.fields.String(
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"example": "continue", "description": "What a refused row means for the others."},
    )


class FaultSchema(ma.Schema):
    column = ma.fields.String(
        allow_none=True, metadata={"example": "dimension:Brand", "description": "Empty where it is the whole row."}
    )
    code = ma.fields.String(metadata={"example": "not_found"})
    message = ma.fields.String(metadata={"example": "The dimension 'Brand' has no value 'NIEK'."})


class ImportRowSchema(ma.Schema):
    row = ma.fields.Integer(metadata={"example": 3, "description": "Rows are counted from 1, without the header."})
    line = ma.fields.Integer(metadata={"example": 4, "description": "As a spreadsheet counts, the header being 1."})
    outcome = ma.fields.String(
        allow_none=True, metadata={"example": "refused", "description": "Empty as long as the import is under way."}
    )
    key = ma.fields.String(allow_none=True, metadata={"example": "spring"})
    string_id = ma.fields.Integer(allow_none=True, metadata={"example": 12})
    value = ma.fields.String(allow_none=True, metadata={"example": "NIKE_SS26", "description": "The name, afterwards."})
    faults = ma.fields.List(ma.fields.Nested(FaultSchema))


class ImportSummarySchema(ma.Schema):
    rows = ma.fields.Integer(metadata={"example": 100})
    created = ma.fields.Integer(metadata={"example": 5})
    updated = ma.fields.Integer(metadata={"example": 20})
    unchanged = ma.fields.Integer(metadata={"example": 74})
    refused = ma.fields.Integer(metadata={"example": 1})
    skipped = ma.fields.Integer(metadata={"example": 0, "description": "Left out because of others."})
    status = ma.fields.String(metadata={"example": "partial_failure", "description": "That of the job."})


class ImportSchema(ma.Schema):
    job_id = ma.fields.UUID(allow_none=True, metadata={"description": "Empty for a dry run without a job."})
    dry_run = ma.fields.Boolean()
    rows = ma.fields.List(ma.fields.Nested(ImportRowSchema))
    rows_truncated = ma.fields.Boolean(metadata={"description": "Only the first 1,000 rows are shown here."})
    summary = ma.fields.Nested(ImportSummarySchema)
    tracking_url = ma.fields.String(
        metadata={"example": "/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"}
    )


class ImportRowArgs(ListArgs):
    outcome = Several(ma.fields.String(validate=ma.validate.OneOf(OUTCOMES)))
    format = csv_or_json()


def row_view(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "line": row.row + 1,
        "outcome": row.outcome,
        "key": row.key,
        "string_id": row.string_id,
        "value": row.value,
        "faults": row.faults,
    }
