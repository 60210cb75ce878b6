"""Definitions of traits in JSON."""

import marshmallow as ma

from services.validation.schemas.fields import MAX_ID, Flag, KeptSchema, Reference, Slug, Text, Whole
from shared.listing import ListArgs, Several


class TraitDefinitionSchema(KeptSchema):
    code = Slug(
        example="allies", required=True, metadata={"description": "Its name in `traits` of a character, unique."}
    )
    label = Text(100, example="Allies", required=True, blank=False, metadata={"description": "What people call it."})
    kind = Slug(
        example="background",
        required=True,
        metadata={"description": "background, merit, flaw, or a kind of power; tariffs go by it."},
    )
    class_ = Slug(
        example="standard", data_key="class", metadata={"description": "Class within its kind; tariffs go by it too."}
    )
    gameline = Reference(
        "gameline_id", allow_none=True, metadata={"description": "The gameline that alone has it; null for all."}
    )
    multiplier = Whole(1, 10, example=1, metadata={"description": "By which its cost is multiplied."})
    min = Whole(-10, 10, example=0, metadata={"description": "Lowest rating."})
    max = Whole(-10, 10, example=5, metadata={"description": "Highest rating."})
    active = Flag(metadata={"example": True, "description": "False withdraws it: nobody gets it anew."})


class TraitDefinitionArgs(ListArgs):
    code = Several(ma.fields.String(metadata={"example": "allies"}))
    kind = Several(ma.fields.String(metadata={"example": "background"}))
    gameline = Several(ma.fields.Integer(strict=False, validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}))
    active = ma.fields.Boolean(metadata={"example": True})
