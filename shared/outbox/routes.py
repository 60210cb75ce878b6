"""The resource `outbox`, alike in every service: what left or is to leave, and sending again what could not."""

import uuid
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import defer

from shared.access import load, requires
from shared.current import current_address, current_session, runtime
from shared.errors import Conflict
from shared.listing import ListArgs, Listing, Several, envelope, one_of, page, since, until
from shared.outbox.models import STATUSES, OutboxMixin
from shared.outbox.writing import post_again
from shared.tenancy import tenant_of


class LetterPending(Conflict):
    """It is on its way anyway."""

    code = "letter_pending"


class LetterSchema(ma.Schema):
    """A letter; `id` is what its receiver sees, the same at every attempt."""

    id = ma.fields.UUID(dump_only=True)
    kind = ma.fields.String(dump_only=True, metadata={"example": "webhook"})
    subject = ma.fields.String(dump_only=True, metadata={"example": "order.approved"})
    target = ma.fields.String(dump_only=True, metadata={"example": "3", "description": "Means what the kind says."})
    ordering_key = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": "order:7", "description": "Letters with the same one leave in their order."},
    )
    status = ma.fields.String(dump_only=True, metadata={"example": "pending", "enum": [*STATUSES]})
    dead_letter = ma.fields.Boolean(dump_only=True, metadata={"description": "Nobody tries it again by itself."})
    reason = ma.fields.String(dump_only=True, allow_none=True, metadata={"example": "the receiver answered 500"})
    attempt = ma.fields.Integer(dump_only=True, metadata={"example": 2})
    created_at = ma.fields.AwareDateTime(dump_only=True)
    next_attempt_at = ma.fields.AwareDateTime(dump_only=True)
    give_up_at = ma.fields.AwareDateTime(dump_only=True)
    ended_at = ma.fields.AwareDateTime(dump_only=True, allow_none=True)
    correlation_id = ma.fields.UUID(dump_only=True)
    origin_correlation_id = ma.fields.UUID(dump_only=True, allow_none=True)


class LetterWithPayloadSchema(LetterSchema):
    payload = ma.fields.Dict(dump_only=True, metadata={"example": {"type": "order.approved"}})


class LetterFilters(ma.Schema):
    """Status and kind may be repeated."""

    status = Several(ma.fields.String(validate=ma.validate.OneOf(STATUSES)))
    kind = Several(ma.fields.String(validate=ma.validate.Length(max=100)))
    subject = ma.fields.String(validate=ma.validate.Length(max=100))
    target = ma.fields.String(validate=ma.validate.Length(max=200))
    ordering_key = ma.fields.String(validate=ma.validate.Length(max=200))
    created_after = ma.fields.AwareDateTime()
    created_before = ma.fields.AwareDateTime()


class LetterListArgs(LetterFilters, ListArgs):
    pass


class ReplayLettersSchema(LetterFilters):
    """Which of the failed ones; none of the filters means all."""

    class Meta:
        exclude = ("status",)


class ReplayedLettersSchema(ma.Schema):
    letters = ma.fields.Integer(required=True, metadata={"example": 4, "description": "How many leave again."})


def outbox_blueprint(
    model: type[OutboxMixin], *, view: str = "outbox.view", manage: str = "outbox.manage"
) -> Blueprint:
    """Blueprint `outbox` over a service's table."""
    blueprint = Blueprint("outbox", __name__, url_prefix="/outbox", description="What leaves this service.")
    equal = ("status", "kind", "subject", "target", "ordering_key")
    filters = {name: one_of(getattr(model, name)) for name in equal}
    filters |= {"created_after": since(model.created_at), "created_before": until(model.created_at)}
    listing = Listing(key=model.id, orderings={"created_at": model.created_at}, default="-created_at", filters=filters)

    @blueprint.route("")
    @blueprint.arguments(LetterListArgs, location="query")
    @blueprint.response(200, envelope(LetterSchema))
    @requires(view)
    def list_letters(args: dict[str, Any]) -> Any:
        session = current_session()
        letters = (
            select(model).where(model.tenant_id == tenant_of(session)).options(defer(model.payload, raiseload=True))
        )
        key = runtime().settings.signing_key
        return page(session, letters, listing, args, address=current_address(), signing_key=key).as_dict()

    @blueprint.route("/<uuid:letter_id>")
    @blueprint.response(200, LetterWithPayloadSchema)
    @requires(view, on=model)
    def read_letter(letter_id: uuid.UUID) -> Any:
        return load(current_session(), model, letter_id)

    @blueprint.route("/<uuid:letter_id>/replay", methods=["POST"])
    @blueprint.response(202, LetterSchema)
    @requires(manage, on=model)
    def replay_letter(letter_id: uuid.UUID) -> Any:
        """Sends an ended letter once more, under its old id."""
        session = current_session()
        if not post_again(session, model, model.id == letter_id):
            raise LetterPending("The letter has not ended.")
        return session.get_one(model, (tenant_of(session), letter_id), populate_existing=True)

    @blueprint.route("/replay", methods=["POST"])
    @blueprint.arguments(ReplayLettersSchema, required=False)
    @blueprint.response(202, ReplayedLettersSchema)
    @requires(manage)
    def replay_letters(body: dict[str, Any]) -> Any:
        """Sends again all failed letters that the filters name."""
        which = [filters[name](value) for name, value in body.items()]
        return {"letters": post_again(current_session(), model, model.status == "failed", *which)}

    return blueprint
