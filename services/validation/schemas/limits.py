"""Limit profiles in JSON."""

from typing import Any

import marshmallow as ma

from services.validation.domain.limits import DEFAULTS, OUTER
from services.validation.schemas.fields import MAX_ID, KeptSchema, Reference, Slug, Text, Whole
from shared.listing import ListArgs, Several


def _limits() -> type[ma.Schema]:
    fields: dict[str, ma.fields.Field[Any]] = {
        name: Whole(
            0,
            OUTER[name],
            example=usual,
            allow_none=True,
            metadata={"description": f"0 to {OUTER[name]}; null for the usual limit, which is {_usual(name)}."},
        )
        for name, usual in DEFAULTS.items()
    }
    return ma.Schema.from_dict(fields, name="LimitFieldsSchema")


def _usual(name: str) -> str:
    return "attributes_min" if name == "appearance_min" else str(DEFAULTS[name])


LimitFields: Any = _limits()


class LimitProfileSchema(LimitFields, KeptSchema):  # type: ignore[misc]  # made above
    """An exception from the usual limits. It holds for the characters that match all its conditions; of several the
    one with a type weighs most, then the one with a chronicle."""

    chronicle = Reference(
        "chronicle_id", allow_none=True, metadata={"description": "Its characters alone; null for those of all."}
    )
    gameline = Reference(
        "gameline_id", allow_none=True, metadata={"description": "Its characters alone; null for those of all."}
    )
    character_type = Slug(
        example="vampire", allow_none=True, metadata={"description": "This type alone; null for all types."}
    )
    reason = Text(
        500,
        example="Vampires of this clan have no appearance.",
        required=True,
        blank=False,
        metadata={"description": "Why this is legal."},
    )


class LimitProfileArgs(ListArgs):
    chronicle = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7}))
    gameline = Several(ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 2}))
    character_type = Several(ma.fields.String(metadata={"example": "vampire"}))
