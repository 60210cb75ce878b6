"""The workspace and its members in JSON."""

import marshmallow as ma

from services.propagation.schemas.fields import Body, Flag, Resource, text, version_read, word
from services.propagation.schemas.structure import ACTIVE
from shared.listing import ListArgs, Several


class MemberSchema(Resource):
    user_id = text(
        255, example="ada", required=True, metadata={"description": "The subject of the person's token; fixed."}
    )
    name = text(200, example="Ada Lovelace", metadata={"description": "What people see; the subject unless given."})
    role = ma.fields.String(
        allow_none=True,
        validate=ma.validate.OneOf(["viewer", "operator", "manager", "admin"]),
        metadata={"example": "operator", "description": "Lowers what the token grants; null leaves it."},
    )
    is_active = Flag(metadata={"example": True, "description": "False keeps the person out of the workspace."})


class WorkspaceSchema(Body):
    id = ma.fields.UUID(
        attribute="tenant_id",
        dump_only=True,
        metadata={"description": "The tenant of the token.", "example": "6f1c2a34-5d1e-4c8e-9b57-0a4b9f0f6c11"},
    )
    name = text(50, example="Demo", metadata={"description": "What people call it."})
    slug = text(50, example="demo", metadata={"description": "Its name in addresses."})
    logo_url = text(
        500,
        example="https://example.com/logo.svg",
        allow_none=True,
        metadata={"description": "A picture for the console."},
    )
    time_zone = text(50, example="Europe/Berlin", metadata={"description": "Of schedules; an IANA name."})
    if_match_required = Flag(
        metadata={"example": False, "description": "True makes the header If-Match a must on every change."}
    )
    status = word(*ACTIVE, metadata={"description": "An inactive workspace can be read only."})
    settings = ma.fields.Dict(
        dump_only=True,
        metadata={
            "example": {"propagation_mode": "prompt"},
            "description": "Its layer of the settings; `settings/workspace` changes it.",
        },
    )
    version = version_read()
    created_at = ma.fields.DateTime(
        dump_only=True, metadata={"description": "When it was first met.", "example": "2026-11-20T09:30:00Z"}
    )
    updated_at = ma.fields.DateTime(
        dump_only=True, metadata={"description": "When it was last changed.", "example": "2026-11-21T14:05:00Z"}
    )


class MemberArgs(ListArgs):
    role = Several(ma.fields.String())
    is_active = ma.fields.Boolean()
