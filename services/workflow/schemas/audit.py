"""The records that stand beside audit rows."""

import marshmallow as ma


class RecordSchema(ma.Schema):
    id = ma.fields.Integer(required=True, metadata={"example": 41})
    entity = ma.fields.String(required=True, allow_none=True, metadata={"example": "ticket"})
    actor = ma.fields.String(required=True, allow_none=True, metadata={"example": "ada"})
    correlation_id = ma.fields.UUID(required=True)
    created_at = ma.fields.DateTime(required=True)


class BulkRecordSchema(RecordSchema):
    """A bulk call that was carried out or rolled back."""

    operation = ma.fields.String(required=True, metadata={"example": "transition_to_APPROVED"})
    total = ma.fields.Integer(required=True, metadata={"example": 200})
    successful = ma.fields.Integer(required=True, metadata={"example": 180})
    failed = ma.fields.Integer(required=True, metadata={"example": 20})
    success_ratio = ma.fields.Float(required=True, metadata={"example": 0.9, "description": "A fraction of 1."})
    successful_ids = ma.fields.List(ma.fields.Raw(), required=True, metadata={"example": [12, "13"]})
    failed_ids = ma.fields.List(ma.fields.Raw(), required=True, metadata={"example": []})
    failure_details = ma.fields.Dict(required=True, metadata={"example": {}})
    was_rolled_back = ma.fields.Boolean(required=True)
    rollback_reason = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    execution_ms = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"example": "812.400"})


class DenialRecordSchema(RecordSchema):
    """What was refused for lack of a permission, and how alarming that is."""

    required_permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["ticket.cancel"]})
    held_permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["ticket.view"]})
    attempted_action = ma.fields.String(required=True, metadata={"example": "ticket.cancel"})
    entity_id = ma.fields.String(required=True, allow_none=True, metadata={"example": "12"})
    method = ma.fields.String(required=True, allow_none=True, metadata={"example": "POST"})
    path = ma.fields.String(required=True, allow_none=True, metadata={"example": "/api/workflow/v1/tickets/12/cancel"})
    risk_score = ma.fields.Integer(required=True, metadata={"example": 40})
    risk_level = ma.fields.String(required=True, metadata={"example": "MEDIUM"})
    suspicious = ma.fields.Boolean(required=True)
