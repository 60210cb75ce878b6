"""Constraints on the values of a dimension in JSON."""

import marshmallow as ma

from services.propagation.domain.constraints import TYPES
from services.propagation.schemas.fields import Body, Flag, Reference, Resource, printable, text
from shared.listing import ListArgs, Several


def _short_enough(value: str) -> None:
    if len(value) > 200:
        raise ma.ValidationError("invalid_constraint|Longer than maximum length 200.")


class ConstraintSchema(Resource):
    dimension = Reference("dimension_id", required=True, metadata={"description": "Whose values it is about; fixed."})
    constraint_type = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(TYPES),
        metadata={"example": "max_length", "description": "What is demanded."},
    )
    value = ma.fields.String(
        allow_none=True,
        validate=[_short_enough, printable],
        metadata={"example": "12", "description": "The limit, affix, set or pattern, where the type has one."},
    )
    error_message = text(
        500,
        example="A brand code has at most 12 letters.",
        allow_none=True,
        metadata={"description": "Told instead of the service's own sentence."},
    )
    order = ma.fields.Integer(
        strict=True, validate=ma.validate.Range(1, 1000), metadata={"example": 1, "description": "Default: the last."}
    )
    is_active = Flag(metadata={"example": True, "description": "False lets it rest."})


class ConstraintReorderSchema(Body):
    """All constraints of a dimension, in their new order."""

    constraints = ma.fields.List(
        ma.fields.Integer(strict=True),
        required=True,
        validate=ma.validate.Length(min=1, max=1000),
        metadata={"example": [3, 1, 2], "description": "All of the dimension by id, in their new order."},
    )


class ConstraintsInOrderSchema(ma.Schema):
    constraints = ma.fields.List(
        ma.fields.Nested(ConstraintSchema),
        required=True,
        metadata={"description": "All of the dimension as they are now."},
    )


class ConstraintCheckSchema(Body):
    """A value to try; nothing is stored."""

    value = ma.fields.String(
        required=True,
        validate=ma.validate.Length(max=400),
        metadata={"example": "Nike Air", "description": "The text to try."},
    )


class ViolationSchema(ma.Schema):
    constraint_type = ma.fields.String(
        required=True, metadata={"example": "no_spaces", "description": "What is demanded."}
    )
    message = ma.fields.String(
        required=True,
        metadata={
            "example": "Spaces are not allowed.",
            "description": "The constraint's own message, or a sentence of the service.",
        },
    )


class ConstraintCheckedSchema(ma.Schema):
    valid = ma.fields.Boolean(
        required=True, metadata={"description": "Whether the value breaks none.", "example": False}
    )
    validation_errors = ma.fields.List(
        ma.fields.Nested(ViolationSchema),
        required=True,
        metadata={"description": "Every active constraint that the value breaks, in their order."},
    )


class ConstraintArgs(ListArgs):
    dimension = Several(Reference(strict=False))
    constraint_type = Several(ma.fields.String())
    is_active = ma.fields.Boolean()
