"""Groups and organisations in JSON."""

import marshmallow as ma

from services.validation.models.groups import KINDS, ROLES
from services.validation.schemas.fields import MAX_ID, Body, KeptSchema, Reference, Text, Whole, read_only
from shared.listing import ListArgs, Several


class RoleSchema(ma.Schema):
    """A role of a character in a group."""

    character = read_only(ma.fields.Integer, 12, "Who has it.", attribute="character_id")
    role = read_only(ma.fields.String, "leader", "What it is.")


class GroupSchema(KeptSchema):
    name = Text(
        100, example="The Coterie", required=True, blank=False, metadata={"description": "What people call it."}
    )
    chronicle = Reference("chronicle_id", allow_none=True, metadata={"description": "Where it is met."})
    kind = ma.fields.String(
        validate=ma.validate.OneOf(KINDS),
        metadata={"example": "group", "description": "A group knows members and a leader; an organisation all roles."},
    )
    members = ma.fields.List(
        ma.fields.Integer(),
        dump_only=True,
        metadata={"example": [12, 14], "description": "Characters with any role, in the order in which they came."},
    )
    leader = read_only(ma.fields.Integer, 12, "The character that leads it.")
    roles = ma.fields.List(
        ma.fields.Nested(RoleSchema),
        dump_only=True,
        attribute="memberships",
        metadata={"description": "Who is what."},
    )


class GroupArgs(ListArgs):
    name = Several(ma.fields.String(metadata={"example": "The Coterie"}))
    chronicle = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}))
    kind = Several(ma.fields.String(validate=ma.validate.OneOf(KINDS), metadata={"example": "group"}))


class MembershipSchema(KeptSchema):
    """A role of a character in a group."""

    group = read_only(ma.fields.Integer, 5, "In which group.", attribute="group_id")
    character = Reference("character_id", required=True, metadata={"description": "Who has it; fixed."})
    role = ma.fields.String(
        validate=ma.validate.OneOf(ROLES),
        metadata={"example": "member", "description": "What it is; a group has one leader at most."},
    )


class MembershipChangeSchema(Body):
    role = ma.fields.String(
        required=True, validate=ma.validate.OneOf(ROLES), metadata={"example": "leader", "description": "What it is."}
    )
    version = Whole(0, MAX_ID, example=3, metadata={"description": "The version that was read."})
