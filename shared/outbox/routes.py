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

_ID = "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"


def _time(description: str, **options: Any) -> ma.fields.AwareDateTime:
    metadata = {"example": "2026-11-21T08:00:00Z", "description": description}
    return ma.fields.AwareDateTime(dump_only=True, metadata=metadata, **options)


class LetterPending(Conflict):
    """It is on its way anyway."""

    code = "letter_pending"


class LetterSchema(ma.Schema):
    """A letter; `id` is what its receiver sees, the same at every attempt."""

    id = ma.fields.UUID(dump_only=True, metadata={"example": _ID, "description": "The same at every attempt."})
    kind = ma.fields.String(dump_only=True, metadata={"example": "webhook", "description": "Who delivers it."})
    subject = ma.fields.String(
        dump_only=True, metadata={"example": "order.approved", "description": "What it tells of."}
    )
    target = ma.fields.String(dump_only=True, metadata={"example": "3", "description": "Means what the kind says."})
    ordering_key = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": "order:7", "description": "Letters with the same one leave in their order."},
    )
    status = ma.fields.String(
        dump_only=True,
        metadata={"example": "pending", "enum": [*STATUSES], "description": "Skipped: nobody was there to get it."},
    )
    dead_letter = ma.fields.Boolean(
        dump_only=True, metadata={"example": False, "description": "Nobody tries it again by itself."}
    )
    reason = ma.fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"example": "the receiver answered 500", "description": "Why the last attempt failed."},
    )
    attempt = ma.fields.Integer(dump_only=True, metadata={"example": 2, "description": "How often it was tried."})
    created_at = _time("When it was posted.")
    next_attempt_at = _time("Not before this time it is tried again.")
    give_up_at = _time("From then on it has failed.")
    ended_at = _time("When it was delivered, skipped or failed.", allow_none=True)
    correlation_id = ma.fields.UUID(
        dump_only=True, metadata={"example": _ID, "description": "Of the request that posted it."}
    )
    origin_correlation_id = ma.fields.UUID(
        dump_only=True, allow_none=True, metadata={"example": _ID, "description": "Of the request that began it all."}
    )


class LetterWithPayloadSchema(LetterSchema):
    payload = ma.fields.Dict(
        dump_only=True, metadata={"example": {"type": "order.approved"}, "description": "What its sender works with."}
    )


def _word(limit: int, example: str) -> ma.fields.String:
    return ma.fields.String(
        validate=ma.validate.Length(max=limit), metadata={"example": example, "description": "Equal to this."}
    )


class LetterFilters(ma.Schema):
    """Status and kind may be repeated."""

    status = Several(
        ma.fields.String(validate=ma.validate.OneOf(STATUSES)),
        metadata={"example": ["failed"], "description": "One of these."},
    )
    kind = Several(
        ma.fields.String(validate=ma.validate.Length(max=100)),
        metadata={"example": ["webhook"], "description": "One of these."},
    )
    subject = _word(100, "order.approved")
    target = _word(200, "3")
    ordering_key = _word(200, "order:7")
    created_after = ma.fields.AwareDateTime(
        metadata={"example": "2026-11-21T08:00:00Z", "description": "Posted later than this."}
    )
    created_before = ma.fields.AwareDateTime(
        metadata={"example": "2026-11-22T08:00:00Z", "description": "Posted earlier than this."}
    )


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
