"""Delegations in JSON."""

import marshmallow as ma

from services.workflow.schemas.fields import MAX_COMMENTS, KeptSchema, Moment, Person, Text, read_only
from shared.listing import ListArgs, Several


class DelegationSchema(KeptSchema):
    """A permission that one person lends to another for a time. It is made by who lends it, begins at once
    unless told otherwise, and ends within 92 days."""

    permission = ma.fields.String(
        required=True, validate=ma.validate.Length(1, 100), metadata={"example": "workorder.approve"}
    )
    delegator = read_only(ma.fields.String, "ada")
    delegate = Person(required=True, example="grace")
    starts_at = Moment()
    ends_at = Moment(required=True)
    comments = Text(MAX_COMMENTS, example="While I am away.")


class DelegationArgs(ListArgs):
    permission = Several(ma.fields.String(metadata={"example": "workorder.approve"}))
    delegator = Several(ma.fields.String(metadata={"example": "ada"}))
    delegate = Several(ma.fields.String(metadata={"example": "grace"}))
