"""Parents of many list values in JSON."""

import marshmallow as ma

from services.propagation.schemas.fields import Body, Reference
from services.propagation.schemas.structure import DimensionValueSchema


class AssignmentSchema(ma.Schema):
    id = Reference(required=True, metadata={"description": "The value that is assigned."})
    parent = Reference(
        required=True, allow_none=True, metadata={"description": "A value of the parent dimension; null for none."}
    )


class SetParentsSchema(Body):
    """Values and the values they belong to; one wrong item refuses all."""

    items = ma.fields.List(
        ma.fields.Nested(AssignmentSchema),
        required=True,
        validate=ma.validate.Length(min=1, max=1000),
        metadata={
            "example": [{"id": 7, "parent": 3}, {"id": 8, "parent": None}],
            "description": "At least one, no value twice.",
        },
    )


class ParentsSetSchema(ma.Schema):
    results = ma.fields.List(
        ma.fields.Nested(DimensionValueSchema),
        required=True,
        metadata={"description": "The values as they are now, in the order of the items."},
    )
