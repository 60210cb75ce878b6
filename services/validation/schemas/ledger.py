"""Experience in JSON: prices, spends and their requests, transfers, balances, tariffs."""

from typing import Any

import marshmallow as ma

from services.validation.domain.ledger.accounts import Account, Kind
from services.validation.domain.ledger.requests import State
from services.validation.schemas.fields import (
    INT,
    MAX_ID,
    Body,
    KeptSchema,
    Reference,
    Slug,
    Text,
    ViewArgs,
    Whole,
    read_only,
)
from shared.listing import ListArgs, Several

MAX_GRANT = 1_000_000
TRAIT = "Code of the trait: a column of the character, or of a definition."


def trait(**options: Any) -> Text:
    return Text(50, example="strength", metadata={"description": TRAIT}, **options)


def reason(*, required: bool = False) -> Text:
    return Text(
        500,
        example="Played it out in the last story.",
        blank=not required,
        required=required,
        metadata={"description": "Why, for whoever reads the ledger."},
    )


def _is_a_cost(value: int) -> None:
    if value < 1:
        raise ma.ValidationError("cost_not_positive|A cost is at least 1.")


class QuoteArgs(ViewArgs):
    trait = Text(50, example="strength", required=True, metadata={"description": TRAIT})
    trait_value = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(-INT, INT),
        metadata={"example": 3, "description": "The rating wanted; merits and flaws need it, else the next one."},
    )


class OfferSchema(ma.Schema):
    trait = ma.fields.String(required=True, metadata={"example": "strength", "description": TRAIT})
    trait_name = ma.fields.String(required=True, metadata={"example": "Strength", "description": "What it is called."})
    trait_type = ma.fields.String(required=True, metadata={"example": "attribute", "description": "Its kind."})
    current = ma.fields.Integer(required=True, metadata={"example": 2, "description": "Rating now."})
    new_value = ma.fields.Integer(required=True, metadata={"example": 3, "description": "Rating after it."})
    cost = ma.fields.Integer(required=True, metadata={"example": 8, "description": "XP that it takes."})


class QuoteSchema(OfferSchema):
    xp = ma.fields.Integer(required=True, metadata={"example": 20, "description": "What can be spent now."})
    xp_after = ma.fields.Integer(required=True, metadata={"example": 12, "description": "What would be left."})
    affordable = ma.fields.Boolean(required=True, metadata={"example": True, "description": "Whether it is enough."})


class OptionsSchema(ma.Schema):
    xp = ma.fields.Integer(required=True, metadata={"example": 20, "description": "What can be spent now."})
    results = ma.fields.List(
        ma.fields.Nested(OfferSchema), required=True, metadata={"description": "All that can be bought now."}
    )


class BalanceSchema(ma.Schema):
    available = ma.fields.Integer(required=True, metadata={"example": 12, "description": "What can be spent now."})
    pending = ma.fields.Integer(
        required=True, metadata={"example": 8, "description": "Reserved by requests that wait."}
    )
    spent = ma.fields.Integer(required=True, metadata={"example": 40, "description": "What traits have cost."})
    earned = ma.fields.Integer(
        required=True, metadata={"example": 60, "description": "The sum: all that play brought."}
    )


class SpendSchema(Body):
    trait = trait(required=True)
    trait_value = Whole(
        example=3, load_default=None, metadata={"description": "Confirms the rating; merits and flaws need it."}
    )
    cost = ma.fields.Integer(
        strict=True,
        load_default=None,
        validate=_is_a_cost,
        metadata={"example": 8, "description": "Confirms the cost; another one is refused."},
    )
    reason = reason()


class SpendRequestSchema(KeptSchema):
    """Of its fields only the target can be corrected, while it waits and for the same cost."""

    character = read_only(ma.fields.Integer, 7, "Whose points.", attribute="character_id")
    trait = trait()
    trait_name = read_only(ma.fields.String, "Strength", "What the trait was called.")
    trait_type = read_only(ma.fields.String, "attribute", "The kind of trait.")
    trait_from = read_only(ma.fields.Integer, 2, "Rating when it was filed.")
    trait_value = Whole(example=3, metadata={"description": "Rating that it asks for."})
    cost = read_only(ma.fields.Integer, 8, "Points reserved.")
    state = read_only(ma.fields.String, State.PENDING.value, "Pending, Approved or Denied.")
    reservation = read_only(ma.fields.Integer, 31, "The transfer that reserved the points.", attribute="reservation_id")
    reason = read_only(ma.fields.String, "Played it out.", "Why it was filed, or decided as it was.")
    decided_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When it was decided.")
    decided_by = read_only(ma.fields.String, "grace", "Who decided.")
    approved_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When it was decided, if it was approved.")
    reversed_at = read_only(ma.fields.DateTime, "2026-11-22T09:00:00Z", "When it was taken back.")
    reversed_by = read_only(ma.fields.String, "grace", "Who took it back.")


class SpentSchema(ma.Schema):
    """A request and what the character holds."""

    request = ma.fields.Nested(SpendRequestSchema, required=True, metadata={"description": "As it is now."})
    balance = ma.fields.Nested(BalanceSchema, required=True, metadata={"description": "Of the character, now."})


class DecisionSchema(Body):
    """The request alone says which trait gets which rating; these only confirm it."""

    reason = Text(500, example="Well earned.", load_default=None, metadata={"description": "Why, for the player."})
    character = Whole(1, MAX_ID, example=7, load_default=None, metadata={"description": "Confirms whose request."})
    expected_value = Whole(example=3, load_default=None, metadata={"description": "Confirms the rating."})
    version = Whole(0, MAX_ID, example=1, load_default=None, metadata={"description": "The version that was read."})


class ReversalSchema(Body):
    reason = reason(required=True)
    version = Whole(0, MAX_ID, example=2, load_default=None, metadata={"description": "The version that was read."})


class GrantSchema(Body):
    amount = Whole(1, MAX_GRANT, example=5, required=True, metadata={"description": "Points, 1 to 1 000 000."})
    reason = reason(required=True)


class TransferSchema(ma.Schema):
    """An entry of the ledger; nothing about it ever changes."""

    id = ma.fields.Integer(required=True, metadata={"example": 31, "description": "Number of the entry."})
    character = ma.fields.Integer(
        required=True, attribute="character_id", metadata={"example": 7, "description": "Whose entry."}
    )
    entry_no = ma.fields.Integer(
        required=True, metadata={"example": 4, "description": "Counts the entries of the character, from 1."}
    )
    kind = ma.fields.String(required=True, metadata={"example": Kind.RESERVE.value, "description": "What it is for."})
    debit_account = ma.fields.String(
        required=True, metadata={"example": Account.AVAILABLE.value, "description": "Where the points came from."}
    )
    credit_account = ma.fields.String(
        required=True, metadata={"example": Account.PENDING.value, "description": "Where they went."}
    )
    amount = ma.fields.Integer(required=True, metadata={"example": 8, "description": "How many."})
    available_after = ma.fields.Integer(required=True, metadata={"example": 12, "description": "Available since then."})
    pending_after = ma.fields.Integer(required=True, metadata={"example": 8, "description": "Pending since then."})
    spent_after = ma.fields.Integer(required=True, metadata={"example": 40, "description": "Spent since then."})
    reservation = read_only(ma.fields.Integer, 30, "The reservation that it resolves.", attribute="reservation_id")
    spend_request = read_only(ma.fields.Integer, 5, "The request that it is about.", attribute="spend_request_id")
    scene = read_only(ma.fields.Integer, 9, "The scene that was awarded.", attribute="scene_id")
    story = read_only(ma.fields.Integer, 2, "The story that was awarded.", attribute="story_id")
    weekly_request = read_only(ma.fields.Integer, 6, "The weekly request approved.", attribute="weekly_request_id")
    story_request = read_only(ma.fields.Integer, 3, "The story request approved.", attribute="story_request_id")
    actor = read_only(ma.fields.String, "grace", "Who did it; null for the system.")
    reason = ma.fields.String(required=True, metadata={"example": "Session 12", "description": "Why."})
    created_at = ma.fields.DateTime(
        required=True, metadata={"example": "2026-11-21T14:05:00Z", "description": "When it was booked."}
    )


class GrantedSchema(ma.Schema):
    transfer = ma.fields.Nested(TransferSchema, required=True, metadata={"description": "The new entry."})
    balance = ma.fields.Nested(BalanceSchema, required=True, metadata={"description": "Of the character, now."})


def _ids(example: int) -> Several:
    return Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": example}))


class OwnTransferArgs(ListArgs):
    kind = Several(ma.fields.String(validate=ma.validate.OneOf(list(Kind)), metadata={"example": "grant"}))
    scene = _ids(9)
    story = _ids(2)
    created_after = ma.fields.AwareDateTime(metadata={"example": "2026-11-01T00:00:00Z"})
    created_before = ma.fields.AwareDateTime(metadata={"example": "2026-12-01T00:00:00Z"})


class TransferArgs(OwnTransferArgs):
    character = _ids(7)


class OwnRequestArgs(ListArgs):
    state = Several(ma.fields.String(validate=ma.validate.OneOf(list(State)), metadata={"example": "Pending"}))
    created_after = ma.fields.AwareDateTime(metadata={"example": "2026-11-01T00:00:00Z"})


class OwnSpendRequestArgs(OwnRequestArgs):
    trait = Several(ma.fields.String(metadata={"example": "strength"}))


class SpendRequestArgs(OwnSpendRequestArgs):
    character = _ids(7)
    chronicle = _ids(3)


class RequestArgs(OwnRequestArgs):
    character = _ids(7)
    chronicle = _ids(3)


class TariffSchema(KeptSchema):
    kind = Slug(example="discipline", required=True, metadata={"description": "Kind of trait."})
    class_ = Slug(example="clan", data_key="class", metadata={"description": "Class within the kind."})
    gameline = Reference(
        "gameline_id", allow_none=True, metadata={"description": "Where it holds; null for all. One goes before all."}
    )
    factor = Whole(0, 100, example=5, metadata={"description": "Points for each present point of the rating."})
    new_price = Whole(
        1, 1000, example=10, allow_none=True, metadata={"description": "Price from rating 0; null: by the formula."}
    )
    change_price = Whole(
        1, 1000, example=3, allow_none=True, metadata={"description": "Points for each step, beside the factor."}
    )
    cap = Whole(
        1, 20, example=5, allow_none=True, metadata={"description": "Rating up to which it is sold; null: no limit."}
    )


class TariffArgs(ListArgs):
    kind = Several(ma.fields.String(metadata={"example": "attribute"}))
    gameline = _ids(7)
