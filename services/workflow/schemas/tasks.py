"""Tasks and tours, checkpoints and evidence in JSON."""

from decimal import Decimal
from typing import Any

import marshmallow as ma

from services.workflow.models.rows import PRIORITIES
from services.workflow.schemas.fields import Body, LivingSchema, Moment, Person, Reference, Text, Word, read_only
from services.workflow.schemas.items import WorkArgs, change_schema, key
from services.workflow.schemas.transitions import ResultSchema
from shared.listing import ListArgs, Several

EDITABLE = frozenset({"title", "description", "priority", "due_at", "location_id", "asset_id"})
EDITABLE_BY_ALL = frozenset(
    {"sla_hours", "expires_at", "requires_observations", "requires_meter_readings", "requires_attachments"}
)
KINDS = ("task", "tour")
EVIDENCE_KINDS = ("observation", "meter_reading", "attachment")


def _needed(what: str) -> ma.fields.Boolean:
    return ma.fields.Boolean(metadata={"description": f"It is completed with {what} only."})


class TaskSchema(LivingSchema):
    """A task, or a tour of checkpoints. Without `expires_at` it expires when it is due; with null never."""

    kind = Word(*KINDS, lower=True)
    title = Text(200, example="Check the pump room", least=1, required=True)
    description = Text(10_000, example="Every valve, then the log.", allow_none=True)
    priority = Word(*PRIORITIES)
    assigned_to_user = Person(allow_none=True, example="grace")
    assigned_to_team = Person(allow_none=True, example="facility")
    work_order_id = Reference(allow_none=True)
    location_id = Person(allow_none=True, example="building-7")
    asset_id = Person(allow_none=True, example="pump-3")
    due_at = Moment(allow_none=True)
    sla_hours = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(1, 8760),
        metadata={"example": 24, "description": "From the creation to the deadline of what has no due time."},
    )
    expires_at = Moment(allow_none=True)
    requires_observations = _needed("an observation")
    requires_meter_readings = _needed("a meter reading")
    requires_attachments = _needed("an attachment")
    started_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    completed_at = read_only(ma.fields.DateTime, "2026-11-20T09:30:00Z")
    hours_spent = read_only(ma.fields.Decimal, "1.50", as_string=True)
    closed_by_server = read_only(ma.fields.Boolean, False)
    closure_mail_sent = read_only(ma.fields.Boolean, False)


TaskChange = change_schema(TaskSchema, EDITABLE | EDITABLE_BY_ALL)


class TaskArgs(WorkArgs):
    kind = Several(Word(*KINDS, lower=True))
    work_order = Several(key())
    location = Several(ma.fields.String(metadata={"example": "building-7"}))
    asset = Several(ma.fields.String(metadata={"example": "pump-3"}))


class CheckpointSchema(LivingSchema):
    """A stop of a tour. One that is made without a position is the last."""

    task_id = read_only(ma.fields.Integer, 12)
    position = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 100_000), metadata={"example": 1})
    name = Text(200, example="North gate", least=1, required=True)
    completed_at = read_only(ma.fields.DateTime, "2026-11-20T09:30:00Z")
    completed_by = read_only(ma.fields.String, "grace")
    closed_by_server = read_only(ma.fields.Boolean, False)


CheckpointChange = change_schema(CheckpointSchema, frozenset({"position", "name"}))


class CheckpointResultSchema(ResultSchema):
    entity = ma.fields.Nested(CheckpointSchema, required=True)


class CheckpointArgs(ListArgs):
    state = Several(ma.fields.String(metadata={"example": "ASSIGNED"}))


def _measurable(value: Decimal) -> None:
    """What a meter can show: 15 digits before the point and 12 behind it are more than enough."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -12 or abs(value) >= 10**15:
        raise ma.ValidationError("out_of_range|At most 15 digits before the point and 12 behind it.")


class EvidenceSchema(Body):
    """What shows that the work was done; it is added, never changed."""

    id = read_only(ma.fields.Integer, 12)
    task_id = read_only(ma.fields.Integer, 12)
    kind = Word(*EVIDENCE_KINDS, lower=True, required=True)
    text = Text(5000, example="No leak, valve 2 is stiff.", allow_none=True)
    value = ma.fields.Decimal(
        allow_none=True,
        as_string=True,
        validate=_measurable,
        metadata={"example": "118.4", "description": "Of a meter reading."},
    )
    unit = Text(20, example="bar", allow_none=True)
    attachment_ref = Text(500, example="photos/2026/11/8731.jpg", allow_none=True)
    recorded_at = Moment()
    recorded_by = read_only(ma.fields.String, "grace")
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    created_by = read_only(ma.fields.String, "grace")

    @ma.validates_schema
    def _demand_content(self, data: dict[str, Any], **_options: Any) -> None:
        needed = {"observation": "text", "meter_reading": "value", "attachment": "attachment_ref"}[data["kind"]]
        if data.get(needed) in (None, ""):
            raise ma.ValidationError(f"required|A {data['kind'].replace('_', ' ')} needs {needed}.", needed)


class EvidenceArgs(ListArgs):
    kind = Several(Word(*EVIDENCE_KINDS, lower=True))
