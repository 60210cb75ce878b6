"""Work orders, their line items, and vendors in JSON."""

from typing import Any

import marshmallow as ma

from services.workflow.models.rows import PRIORITIES
from services.workflow.schemas.fields import (
    MAX_COMMENTS,
    Amount,
    Body,
    KeptSchema,
    LivingSchema,
    Moment,
    Person,
    Reference,
    Text,
    Word,
    people,
    read_only,
    version_read,
)
from services.workflow.schemas.items import WorkArgs, change_schema, key
from shared.listing import ListArgs, Several

EDITABLE = frozenset({"title", "description", "priority", "due_at", "location_id", "asset_id"})


class WorkOrderSchema(LivingSchema):
    """A work order. Its number is made where none is given."""

    number = Text(40, example="WO-000042", least=1)
    title = Text(200, example="Elevator door does not close", least=1, required=True)
    description = Text(10_000, example="On the third floor.", allow_none=True)
    priority = Word(*PRIORITIES)
    vendor_id = Reference(allow_none=True)
    requester = Person(allow_none=True)
    assigned_to_user = Person(allow_none=True, example="grace")
    assigned_to_team = Person(allow_none=True, example="elevators")
    location_id = Person(allow_none=True, example="building-7")
    asset_id = Person(allow_none=True, example="elevator-3")
    due_at = Moment(allow_none=True)
    estimated_cost = Amount(2, example="1250.00", allow_none=True)
    permit_status = Word("NOT_REQUIRED", "PENDING", "REQUIRED", "APPROVED", "REJECTED")
    permit_approvers: Any = people(metadata={"example": ["grace"]})
    verifiers: Any = people(metadata={"example": ["grace"]})
    verification_status = read_only(ma.fields.String, "NOT_REQUIRED")
    final_inspection_at = Moment(allow_none=True)
    completed_at = read_only(ma.fields.DateTime, None)
    archived_at = read_only(ma.fields.DateTime, None)

    @ma.validates("permit_status")
    def _check_permit(self, value: str, **_options: Any) -> None:
        if value in ("APPROVED", "REJECTED"):
            raise ma.ValidationError(
                "protected_field|permit_status is protected; a permit is decided by its approvers."
            )


WorkOrderChange = change_schema(
    WorkOrderSchema,
    EDITABLE
    | {"vendor_id", "requester", "estimated_cost", "permit_approvers", "verifiers", "final_inspection_at"}
    | {"permit_status"},
)


class WorkOrderArgs(WorkArgs):
    vendor = Several(key())
    archived = ma.fields.Boolean()


class LineItemSchema(KeptSchema):
    """Work or material of an order."""

    work_order_id = read_only(ma.fields.Integer, 12)
    position = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 100_000), metadata={"example": 1})
    description = Text(500, example="Door sensor", least=1, required=True)
    quantity = Amount(3, example="2.000", above_zero=True)
    unit_price = Amount(2, example="1250.00", allow_none=True)
    status = Word("PENDING", "IN_PROGRESS", "COMPLETED", "CANCELLED")


class LineItemArgs(ListArgs):
    status = Several(ma.fields.String(metadata={"example": "PENDING"}))


class VendorSchema(KeptSchema):
    """Who does work for others. Mail and phone are personal data."""

    name = Text(200, example="Lift & Co.", least=1, required=True)
    contact_email = ma.fields.Email(
        allow_none=True, validate=ma.validate.Length(max=254), metadata={"example": "office@lift.example"}
    )
    contact_phone = Text(40, example="+49 30 5550 1234", allow_none=True)
    active = ma.fields.Boolean()


class VendorArgs(ListArgs):
    name = Several(ma.fields.String(metadata={"example": "Lift & Co."}))
    active = ma.fields.Boolean()


class VerifySchema(Body):
    """A verifier's decision about completed work."""

    decision = Word("approved", "rejected", lower=True, required=True)
    comments = Text(MAX_COMMENTS, example="Works again.", load_default="", allow_none=True)
    version = version_read(load_only=True)
