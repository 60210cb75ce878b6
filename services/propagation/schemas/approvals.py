"""What workflow tells of an approval."""

import marshmallow as ma

from services.propagation.schemas.fields import MAX_ID


class DecisionSchema(ma.Schema):
    """The decision on an approval that this service asked for. The same one may come more than once."""

    approval_id = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, MAX_ID),
        metadata={"example": 12, "description": "The approval's id in workflow."},
    )
    external_ref = ma.fields.String(
        validate=ma.validate.Length(max=200),
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "The job's id, as it was sent with the asking.",
        },
    )
    decision = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["approved", "rejected", "expired", "cancelled"]),
        metadata={"example": "approved", "description": "Approved starts the run, anything else drops it."},
    )
    option = ma.fields.String(
        allow_none=True, metadata={"example": None, "description": "Approvals of runs have no options."}
    )
    person = ma.fields.String(
        allow_none=True,
        validate=ma.validate.Length(max=200),
        metadata={"example": "grace", "description": "Who decided; null if time did."},
    )
    comments = ma.fields.String(
        allow_none=True,
        validate=ma.validate.Length(max=1000),
        metadata={"example": "Go on.", "description": "What the person said."},
    )
