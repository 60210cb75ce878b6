"""Erasures in JSON."""

import marshmallow as ma

from services.workflow.schemas.fields import KeptSchema, Person, Text, read_only
from shared.listing import ListArgs, Several

STATES = ("PENDING", "DONE", "WITHDRAWN")


class ErasureSchema(KeptSchema):
    """What a person has written becomes unreadable for everybody, for good. One person asks, another carries it out."""

    subject = Person(required=True, example="grace")
    reason = Text(1000, example="She has left and asked for it.", least=1, required=True)
    state = read_only(ma.fields.String, "PENDING")
    decided_by = read_only(ma.fields.String, None)
    decided_at = read_only(ma.fields.DateTime, None)
    keys_destroyed = read_only(ma.fields.Integer, 0)


class ErasureArgs(ListArgs):
    subject = Several(ma.fields.String(metadata={"example": "grace"}))
    state = Several(ma.fields.String(validate=ma.validate.OneOf(STATES)))
