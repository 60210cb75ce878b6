"""Approvals in JSON."""

from typing import Any

import marshmallow as ma

from services.workflow.domain.machines.asking import CLIENTS
from services.workflow.schemas.fields import (
    MAX_COMMENTS,
    Body,
    LivingSchema,
    Moment,
    Text,
    Word,
    people,
    read_only,
    version_read,
)
from services.workflow.schemas.items import ItemArgs
from shared.listing import Several


class CandidatesSchema(Body):
    """Who is asked; nobody named means everybody with the permission."""

    persons: Any = people(load_default=list, metadata={"example": ["grace"]})
    teams: Any = people(load_default=list, metadata={"example": ["naming"]})


class ApprovalSchema(LivingSchema):
    """A decision that a service asks people for. Asking twice under one `external_ref` gives the first."""

    kind = Text(100, example="propagation.run", least=1, required=True)
    title = Text(200, example="41 names would change", least=1, required=True)
    summary = Text(10_000, example="Ada renames the brand Nile.", allow_none=True)
    payload = ma.fields.Dict(
        keys=ma.fields.String(), metadata={"example": {"rows": []}, "description": "At most 64 KiB; shown to deciders."}
    )
    payload_classes = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(validate=ma.validate.OneOf(["public", "internal", "personal", "secret"])),
        metadata={"example": {"rows": "internal"}, "description": "How personal the fields of the payload are."},
    )
    options: Any = ma.fields.List(
        ma.fields.String(validate=ma.validate.Length(1, 100)),
        validate=ma.validate.Length(max=20),
        metadata={"example": ["keep source", "keep target"], "description": "Choices besides yes and no."},
    )
    requester = read_only(ma.fields.String, "service:propagation")
    external_ref = Text(200, example="0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", allow_none=True, least=1)
    required_permission = ma.fields.String(metadata={"example": "approval.decide"})
    candidates = ma.fields.Nested(CandidatesSchema)
    votes_needed = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 20), metadata={"example": 1})
    exclude: Any = people(metadata={"example": ["ada"], "description": "Persons who may not decide."})
    expires_at = Moment(allow_none=True)
    on_expiry = Word("expire", "approve", "reject", lower=True)
    callback_url = ma.fields.URL(
        require_tld=False,
        allow_none=True,
        validate=ma.validate.Length(max=2000),
        metadata={
            "example": "https://concord.example/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21/decision"
        },
    )
    decision = read_only(ma.fields.String, None)
    option = read_only(ma.fields.String, None)
    decided_by = read_only(ma.fields.String, None)
    decided_at = read_only(ma.fields.DateTime, None)

    @ma.validates_schema
    def _check_expiry(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("on_expiry") == "approve" and data.get("options"):
            raise ma.ValidationError("on_expiry_ambiguous|Time cannot choose one of the options.", "on_expiry")


class ApprovalArgs(ItemArgs):
    kind = Several(ma.fields.String(metadata={"example": "propagation.run"}))
    requester = Several(ma.fields.String(metadata={"example": "service:propagation"}))
    external_ref = Several(ma.fields.String(metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"}))
    mine = ma.fields.Boolean(metadata={"description": "Only what waits for the caller."})


class DecideSchema(Body):
    """What is said with a decision. Approving something that has options takes one of them."""

    comments = Text(MAX_COMMENTS, example="Go on.", load_default="", allow_none=True)
    option = Text(100, example="keep source", load_default=None, allow_none=True)
    dry_run = ma.fields.Boolean(load_default=False)
    client = Word(*CLIENTS, lower=True, load_default="web")
    version = version_read(load_only=True)
