"""Rules as a whole in JSON: their problems, their matrix, and what unsaved edits would do."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import Body, Flag, Map, Reference, text
from services.propagation.schemas.structure import RuleSchema


class RuleProblemSchema(ma.Schema):
    code = ma.fields.String(
        required=True, metadata={"example": "no_rule_details", "description": "Or `order_not_contiguous`."}
    )
    field = ma.fields.Integer(required=True, metadata={"example": 7, "description": "The field without names."})
    field_name = ma.fields.String(required=True, metadata={"example": "campaign", "description": "Its name."})
    message = ma.fields.String(
        required=True,
        metadata={
            "example": "The rule has no details for the field of this string.",
            "description": "What is wrong, in a sentence.",
        },
    )


class RuleAnswerSchema(RuleSchema):
    """A rule, and why it makes no names for some of the platform's fields."""

    problems = ma.fields.List(
        ma.fields.Nested(RuleProblemSchema),
        dump_only=True,
        metadata={"description": "Fields for which it makes no names, from the top down."},
    )


class PlaceSchema(ma.Schema):
    field = ma.fields.Integer(required=True, attribute="id", metadata={"example": 7, "description": "The field."})
    field_name = ma.fields.String(
        required=True, attribute="name", metadata={"example": "campaign", "description": "Its name."}
    )
    field_level = ma.fields.Integer(
        required=True, attribute="level", metadata={"example": 2, "description": "1 is the top."}
    )


class AgreementSchema(ma.Schema):
    """Whether each is the same as on the level that the dimension comes from; empty on its first level."""

    prefix = ma.fields.Boolean(metadata={"description": "Whether the prefix is the same there.", "example": True})
    suffix = ma.fields.Boolean(metadata={"description": "Whether the suffix is the same there.", "example": True})
    delimiter = ma.fields.Boolean(
        metadata={"description": "Whether the delimiter is the same there.", "example": False}
    )


class MatrixCellSchema(PlaceSchema):
    """A dimension on one level."""

    dimension_order = ma.fields.Integer(
        required=True, metadata={"example": 1, "description": "Its place in the names of this level."}
    )
    is_required = ma.fields.Boolean(
        required=True, metadata={"description": "Whether a name needs it here.", "example": True}
    )
    prefix = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "b_", "description": "What stands before the value here."}
    )
    suffix = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "!", "description": "What stands after the value here."}
    )
    delimiter = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "_", "description": "What stands between it and the next part here."},
    )
    comes_from = ma.fields.Nested(
        PlaceSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The nearest level above that has the dimension too; null on its first level."},
    )
    agrees = ma.fields.Nested(
        AgreementSchema,
        required=True,
        metadata={"description": "Whether it is written here as on the level that it comes from."},
    )


class MatrixLineSchema(ma.Schema):
    dimension = ma.fields.Integer(required=True, metadata={"example": 7, "description": "The dimension."})
    dimension_name = ma.fields.String(required=True, metadata={"example": "Brand", "description": "Its name."})
    levels = ma.fields.List(
        ma.fields.Nested(MatrixCellSchema),
        required=True,
        metadata={"description": "Where it stands, from the top down."},
    )


class MatrixSchema(ma.Schema):
    """Which dimension stands on which level, where it comes from, and whether it is written alike there."""

    rule = ma.fields.Integer(required=True, metadata={"example": 7, "description": "The rule."})
    fields_ = ma.fields.List(
        ma.fields.Nested(PlaceSchema),
        data_key="fields",
        required=True,
        metadata={"description": "All fields of the platform, from the top down."},
    )
    dimensions = ma.fields.List(
        ma.fields.Nested(MatrixLineSchema),
        required=True,
        metadata={"description": "In the order in which the names meet them."},
    )


class PartEditSchema(ma.Schema):
    """An unsaved edit of one part: named by its id or by its dimension. A dimension without a part gets one."""

    id = Reference(metadata={"description": "A stored part."})
    dimension = Reference(metadata={"description": "The dimension of a stored or a new part."})
    prefix = text(20, example="b_", allow_none=True, metadata={"description": "What would stand before the value."})
    suffix = text(20, example="!", allow_none=True, metadata={"description": "What would stand after the value."})
    delimiter = text(
        1, example="_", allow_none=True, metadata={"description": "What would stand between it and the next part."}
    )
    dimension_order = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(1, 1000),
        metadata={"example": 1, "description": "Its place; a new part comes last unless given."},
    )
    is_required = Flag(metadata={"example": True, "description": "Whether a name would need it."})
    remove = Flag(
        load_default=False, metadata={"example": False, "description": "Leaves the part out; later ones move up."}
    )

    @ma.validates_schema
    def _names_one(self, data: dict[str, Any], **_options: Any) -> None:
        if ("id" in data) == ("dimension" in data):
            raise ma.ValidationError("required|Name the part by its id or by its dimension.", "dimension")


class SimulationSchema(Body):
    field = Reference(required=True, metadata={"description": "The field whose names are tried."})
    values = Map(
        keys=ma.fields.String(validate=ma.validate.Length(max=30)),
        values=text(100, example="NIKE", allow_none=True),
        load_default=dict,
        metadata={"example": {"Brand": "NIKE", "Season": "SS27"}, "description": "Texts by name of the dimension."},
    )
    rule_details = ma.fields.List(
        ma.fields.Nested(PartEditSchema),
        validate=ma.validate.Length(max=1000),
        metadata={
            "description": "Edits that are not saved, laid over the stored parts.",
            "example": [{"dimension": 7, "prefix": "b_"}],
        },
    )
    strings = Flag(load_default=False, metadata={"description": "Also look at the names that exist.", "example": True})


class SimulatedPartSchema(ma.Schema):
    dimension = ma.fields.Integer(required=True, metadata={"example": 7, "description": "The dimension."})
    dimension_name = ma.fields.String(required=True, metadata={"example": "Brand", "description": "Its name."})
    value = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "NIKE", "description": "The text that was sent; null for none."},
    )
    text = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "b_NIKE", "description": "With prefix and suffix; null where it is left out."},
    )
    delimiter = ma.fields.String(
        required=True, metadata={"example": "_", "description": "What follows it in this name; never at the end."}
    )


class SimulationProblemSchema(ma.Schema):
    code = ma.fields.String(
        required=True, metadata={"example": "required_dimension_missing", "description": "What is wrong."}
    )
    dimension = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 7, "description": "The dimension concerned, if it is one."}
    )
    message = ma.fields.String(
        required=True,
        metadata={
            "example": "The dimension 'Season' is required at this level.",
            "description": "The same in a sentence.",
        },
    )


class SimulatedStringSchema(ma.Schema):
    string = ma.fields.Integer(required=True, metadata={"example": 12, "description": "The string."})
    old = ma.fields.String(required=True, metadata={"example": "NIKE_SS27", "description": "Its name as it is stored."})
    new = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "b_NIKE_SS27", "description": "Null if none can be made."}
    )
    code = ma.fields.String(required=True, allow_none=True, metadata={"example": None, "description": "Why not."})


class SimulatedStringsSchema(ma.Schema):
    """The names that exist, beside what they would become."""

    total = ma.fields.Integer(required=True, metadata={"example": 40, "description": "Strings of this rule and field."})
    changed = ma.fields.Integer(
        required=True, metadata={"example": 38, "description": "How many would get another name."}
    )
    failed = ma.fields.Integer(required=True, metadata={"example": 2, "description": "No name could be made."})
    first = ma.fields.List(
        ma.fields.Nested(SimulatedStringSchema), required=True, metadata={"description": "At most 20, oldest first."}
    )


class SimulatedSchema(ma.Schema):
    """`value` is null where no name can be made; the problems say why."""

    value = ma.fields.String(
        required=True, allow_none=True, metadata={"example": "b_NIKE_SS27", "description": "The name."}
    )
    parts = ma.fields.List(
        ma.fields.Nested(SimulatedPartSchema),
        required=True,
        metadata={"description": "The parts of the rule in order, those left out included."},
    )
    problems = ma.fields.List(
        ma.fields.Nested(SimulationProblemSchema),
        required=True,
        metadata={"description": "Why there is no name, or why the values could not be chosen."},
    )
    strings = ma.fields.Nested(SimulatedStringsSchema, metadata={"description": "Only where it was asked for."})
