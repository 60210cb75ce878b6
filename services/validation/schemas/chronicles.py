"""Chronicles and gamelines in JSON."""

import marshmallow as ma

from services.validation.schemas.fields import MAX_ID, KeptSchema, Reference, Slug, Text, User, Whole
from shared.listing import ListArgs, Several


class GamelineSchema(KeptSchema):
    code = Text(
        10,
        example="vtm",
        required=True,
        validate=[ma.validate.Length(min=2, error="too_short|At least 2 characters.")],
        metadata={"description": "Its short name, unique."},
    )
    name = Text(
        100,
        example="Vampire: the Masquerade",
        required=True,
        blank=False,
        metadata={"description": "What people call it."},
    )


class GamelineArgs(ListArgs):
    code = Several(ma.fields.String(metadata={"example": "vtm"}))


class ChronicleSchema(KeptSchema):
    name = Text(
        100, example="Berlin by Night", required=True, blank=False, metadata={"description": "What people call it."}
    )
    head_st = User(allow_none=True, metadata={"description": "Who tells it, and decides about all its characters."})
    game_storytellers = ma.fields.List(
        User(example="grace"),
        validate=ma.validate.Length(max=100, error="too_many|At most 100 persons."),
        metadata={"example": ["grace"], "description": "Who may look at all its characters, and nothing more."},
    )
    theme = Text(200, example="Decay", metadata={"description": "What it is about."})
    mood = Text(200, example="Bleak", metadata={"description": "How it feels."})
    year = Whole(example=2022, metadata={"description": "When it is set, 1000 to 9999."})
    allowed_types = ma.fields.List(
        Slug(example="vampire"),
        validate=ma.validate.Length(max=100, error="too_many|At most 100 types."),
        metadata={"example": ["vampire", "ghoul"], "description": "Types of characters that may join; none means all."},
    )


class StRelationshipSchema(KeptSchema):
    """A storyteller of a gameline in a chronicle; rows that came from elsewhere may lack any of the three."""

    user = User(attribute="user_id", required=True, metadata={"description": "Who tells it."})
    chronicle = Reference("chronicle_id", required=True, metadata={"description": "Where."})
    gameline = Reference("gameline_id", required=True, metadata={"description": "Whose characters."})


class StRelationshipArgs(ListArgs):
    user = Several(ma.fields.String(metadata={"example": "ada"}))
    chronicle = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}))
    gameline = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 2}))


class ChronicleArgs(ListArgs):
    name = Several(ma.fields.String(metadata={"example": "Berlin by Night"}))
    head_st = Several(ma.fields.String(metadata={"example": "ada"}))
