"""Tickets, their escalation and their history in JSON."""

import marshmallow as ma

from services.workflow.domain.machines.asking import CLIENTS
from services.workflow.models.rows import PRIORITIES
from services.workflow.schemas.fields import (
    MAX_COMMENTS,
    Body,
    LivingSchema,
    Moment,
    Person,
    PersonalText,
    Text,
    Word,
    read_only,
    version_read,
)
from services.workflow.schemas.items import WorkArgs, change_schema
from shared.listing import Several


class EscalationSchema(ma.Schema):
    """How far a ticket has been escalated; every ticket has one."""

    status = ma.fields.String(required=True, metadata={"example": "ACTIVE"})
    level = ma.fields.Integer(required=True, metadata={"example": 1})
    count = ma.fields.Integer(required=True, metadata={"example": 1})
    is_escalated = ma.fields.Boolean(required=True)
    activity_count = ma.fields.Integer(required=True, metadata={"example": 4, "description": "Entries of the history."})
    response_hours = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"example": "0.50"})
    resolution_hours = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata={"example": "7.25"})
    last_escalated_at = ma.fields.DateTime(required=True, allow_none=True)
    version = ma.fields.Integer(required=True, metadata={"example": 1})


class TicketSchema(LivingSchema):
    """A ticket. Its number is made where none is given; asking twice under one `external_ref` gives the first."""

    number = Text(40, example="TK-000042", least=1)
    subject = Text(200, example="Elevator does not come", least=1, required=True)
    description = Text(10_000, example="It stands on the third floor.", allow_none=True)
    category = Text(100, example="building", allow_none=True)
    priority = Word(*PRIORITIES)
    requester = Person(allow_none=True)
    assigned_to_user = Person(allow_none=True, example="grace")
    assigned_to_team = Person(allow_none=True, example="elevators")
    external_ref = Text(200, example="alert-17", allow_none=True, least=1)
    due_at = Moment(allow_none=True)
    first_response_at = read_only(ma.fields.DateTime, None)
    resolved_at = read_only(ma.fields.DateTime, None)
    closed_at = read_only(ma.fields.DateTime, None)
    escalation = ma.fields.Nested(EscalationSchema, dump_only=True)


TicketChange = change_schema(
    TicketSchema, frozenset({"subject", "description", "category", "priority", "due_at", "requester"})
)


class TicketArgs(WorkArgs):
    category = Several(ma.fields.String(metadata={"example": "building"}))
    number = Several(ma.fields.String(metadata={"example": "TK-000042"}))
    external_ref = Several(ma.fields.String(metadata={"example": "alert-17"}))


class EscalateSchema(Body):
    """A person or team that is named takes the ticket over."""

    assigned_to_user = Person(allow_none=True, load_default=None, example="grace")
    assigned_to_team = Person(allow_none=True, load_default=None, example="elevators")
    comments = Text(MAX_COMMENTS, example="Nobody answers.", load_default="", allow_none=True)
    version = version_read(load_only=True)
    client = Word(*CLIENTS, lower=True, load_default="web")


class EntrySchema(Body):
    """An entry of a ticket's history; people write notes, the other kinds come with what they tell of."""

    id = read_only(ma.fields.Integer, 12)
    kind = Word("note", lower=True, load_default="note")
    text = PersonalText(5000, example="Called the technician.", least=1, required=True)
    data = ma.fields.Dict(keys=ma.fields.String(), load_default=dict, metadata={"example": {"call": 1}})
    actor = read_only(ma.fields.String, "ada")
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
