"""Characters in JSON."""

from typing import Any

import marshmallow as ma

from services.validation.domain.limits import DEFAULTS
from services.validation.domain.statuses import STATUSES
from services.validation.domain.traits import ABILITIES, ATTRIBUTES
from services.validation.schemas.fields import (
    INT,
    MAX_ID,
    Body,
    Flag,
    KeptSchema,
    Reference,
    Slug,
    Text,
    User,
    Whole,
    read_only,
)
from services.validation.schemas.ledger import BalanceSchema
from shared.listing import ListArgs, Several

LONG = 20_000
LONGEST_CODE = 200  # long enough for a wrong one to be told by its rule


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _rating(about: str, example: int, **options: Any) -> Whole:
    return Whole(-MAX_ID, MAX_ID, example=example, metadata=_about(about), **options)


def _ratings() -> type[ma.Schema]:
    """A field for each trait that is a column; their limits are rules."""
    fields: dict[str, ma.fields.Field[Any]] = {}
    fields |= {code: _rating(f"Attribute, {group}.", 3) for group, codes in ATTRIBUTES.items() for code in codes}
    fields |= {code: _rating(f"Ability, {group}.", 2) for group, codes in ABILITIES.items() for code in codes}
    fields |= {
        "willpower": _rating("Permanent rating; lowering it takes the temporary one along.", 5),
        "temporary_willpower": _rating("What is left of it, never more than the permanent rating.", 3),
    }
    return ma.Schema.from_dict(fields, name="RatingsSchema")


Ratings: Any = _ratings()
LimitsSchema = ma.Schema.from_dict(
    {
        name: ma.fields.Integer(dump_only=True, metadata={"example": usual, "description": f"Usually {usual}."})
        for name, usual in DEFAULTS.items()
    },
    name="LimitsSchema",
)


class _Ratings(ma.fields.Dict):
    """What is wrong with a rating is told of its code."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        except ma.ValidationError as refusal:
            if isinstance(refusal.messages, list):
                raise
            told = {code: next(iter(each.values())) for code, each in refusal.messages.items()}
            raise ma.ValidationError(told) from refusal


class CharacterSchema(Ratings, KeptSchema):  # type: ignore[misc]  # made above
    """As it is read. Limits of ratings are those of its row; `st_notes` are there for who decides about it only."""

    name = Text(200, example="Lena", required=True, blank=False, metadata=_about("What it is called."))
    owner = User(allow_none=True, metadata=_about("Who plays it; usually the caller, null for who edits all."))
    chronicle = Reference("chronicle_id", allow_none=True, metadata=_about("Where it is played."))
    gameline = Reference("gameline_id", allow_none=True, metadata=_about("The game whose rules it follows."))
    character_type = Slug(example="vampire", metadata=_about("What kind of being it is."))
    status = read_only(ma.fields.String, "App", f"One of {', '.join(STATUSES)}; moved by `transition`.")
    npc = Flag(metadata={"example": False} | _about("Played by storytellers."))
    concept = Text(100, example="Runaway heiress", metadata=_about("The idea in a few words."))
    creation_status = Whole(0, INT, example=1, metadata=_about("How far its making has come."))
    description = Text(LONG, example="Pale, in a hurry.", metadata=_about("How it looks."))
    public_info = Text(LONG, example="Owns a bar.", metadata=_about("What everybody knows."))
    notes = Text(LONG, example="Ask about the key.", metadata=_about("The player's own."))
    st_notes = Text(LONG, example="Has been followed.", metadata=_about("For who decides about it only."))
    visibility = Text(
        LONGEST_CODE,
        example="CHR",
        metadata=_about("PUB for everybody, CHR for players of its chronicle, PRI for nobody else."),
    )
    image_status = Text(LONGEST_CODE, example="sub", metadata=_about("State of its picture: un, sub, app."))
    display = Flag(metadata={"example": True} | _about("Whether lists of the game show it."))
    freebies = Whole(example=15, metadata=_about("Points of its making that are left."))
    freebies_approved = Flag(metadata={"example": False} | _about("Whether they were looked at."))
    age = _rating("In years.", 31, allow_none=True)
    apparent_age = _rating("As it looks, in years.", 25, allow_none=True)
    date_of_birth = ma.fields.Date(allow_none=True, metadata={"example": "1991-05-17"} | _about("Day of birth."))
    traits = _Ratings(
        keys=ma.fields.String(validate=ma.validate.Length(max=50)),
        values=Whole(example=2),
        validate=ma.validate.Length(max=200, error="too_many|At most 200 traits."),
        metadata={
            "example": {"allies": 2},
            "description": "Ratings in defined traits by code. PATCH changes those that it names; 0 takes one away.",
        },
    )
    quarantined = ma.fields.Boolean(
        dump_only=True,
        metadata={"example": False} | _about("Set apart for what it breaks: it does not move."),
    )
    xp = read_only(ma.fields.Integer, 12, "Points that can be spent now; the ledger's.")
    xp_pending = read_only(ma.fields.Integer, 8, "Points that wait for a decision; the ledger's.")
    xp_spent = read_only(ma.fields.Integer, 40, "Points that were spent; the ledger's.")
    ledger_entries = read_only(ma.fields.Integer, 9, "Entries in its ledger.")
    limit_profile = read_only(
        ma.fields.Integer, 3, "Whose limits it has; null for the usual ones.", attribute="limit_profile_id"
    )
    limits = ma.fields.Nested(
        LimitsSchema, dump_only=True, metadata=_about("Between which its ratings and ages may lie.")
    )


class NewCharacterSchema(CharacterSchema):
    """Another status than Un, points to begin with and another owner are for who decides about it or edits all."""

    status = Text(LONGEST_CODE, example="Un", metadata=_about(f"One of {', '.join(STATUSES)}."))
    xp = Whole(-MAX_ID, MAX_ID, example=0, metadata=_about("Booked as a grant, the opening balance."))


class CharacterChangeSchema(CharacterSchema):
    """What is named changes; status moves by `transition`, points by the ledger."""

    xp = Whole(-MAX_ID, MAX_ID, example=0, metadata=_about("Read only: the ledger's."))

    @ma.validates("xp")
    def _refuse_points(self, value: int, **_options: Any) -> None:
        if value >= 0:  # a negative one breaks a rule, which says so
            raise ma.ValidationError("read_only|xp is read only.")


class CharacterArgs(ListArgs):
    status = Several(ma.fields.String(validate=ma.validate.OneOf(STATUSES), metadata={"example": "App"}))
    owner = Several(ma.fields.String(metadata={"example": "ada"}))
    chronicle = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}))
    gameline = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 2}))
    npc = ma.fields.Boolean(metadata={"example": False})
    character_type = Several(ma.fields.String(metadata={"example": "vampire"}))
    quarantined = ma.fields.Boolean(metadata={"example": False})


class TransitionSchema(Body):
    status = Text(LONGEST_CODE, example="App", required=True, metadata=_about("Where it shall go."))
    reason = Text(500, example="Background checked.", load_default="", metadata=_about("Kept with the move."))
    version = Whole(0, MAX_ID, example=3, metadata=_about("The version that was read."))


class StatusChangeSchema(ma.Schema):
    id = read_only(ma.fields.Integer, 31, "Number of the move.")
    character = read_only(ma.fields.Integer, 12, "Who moved.", attribute="character_id")
    old = read_only(ma.fields.String, "Sub", "Where it was; null for the creation.")
    new = read_only(ma.fields.String, "App", "Where it went.")
    actor = read_only(ma.fields.String, "ada", "Who moved it; null for the system.")
    reason = read_only(ma.fields.String, "Background checked.", "Why.")
    changed_at = read_only(ma.fields.DateTime, "2026-11-21T14:05:00Z", "When.")


class RosterEntrySchema(ma.Schema):
    """A character of a chronicle, with what it has."""

    id = read_only(ma.fields.Integer, 12, "Number of the character.")
    name = read_only(ma.fields.String, "Lena", "What it is called.")
    owner = read_only(ma.fields.String, "ada", "Who plays it.")
    gameline = read_only(ma.fields.Integer, 2, "The game whose rules it follows.", attribute="gameline_id")
    character_type = read_only(ma.fields.String, "vampire", "What kind of being it is.")
    npc = read_only(ma.fields.Boolean, False, "Played by storytellers.")
    status = read_only(ma.fields.String, "App", "Where it stands.")
    balance = ma.fields.Nested(BalanceSchema, dump_only=True, metadata=_about("Its points."))
