"""The explanation of a name in JSON."""

import marshmallow as ma

from services.propagation.domain.inheritance import Rule
from services.propagation.domain.settings import Layer


class SourceSchema(ma.Schema):
    """The nearest string above whose own choice it is."""

    id = ma.fields.Integer(metadata={"example": 9, "description": "Its id."})
    value = ma.fields.String(metadata={"example": "NIKE-EU", "description": "Its name."})
    level = ma.fields.Integer(metadata={"example": 1, "description": "The level of its field; 1 is the top."})


class AppliedRuleSchema(ma.Schema):
    """The rule of inheritance that decides what happens to a value that arrives here."""

    name = ma.fields.String(
        metadata={"example": "inherit_always", "enum": [*map(str, Rule)], "description": "The rule."}
    )
    layer = ma.fields.String(
        metadata={
            "example": "workspace",
            "enum": [*map(str, Layer)],
            "description": "The layer of the settings that has the answer.",
        }
    )
    key = ma.fields.String(
        allow_none=True,
        metadata={
            "example": "dimension_value:Brand",
            "description": "The key under which it stands there; null where no layer says anything.",
        },
    )


class _TracedSchema(ma.Schema):
    """What parts and custom fields tell alike."""

    origin = ma.fields.String(
        metadata={
            "example": "inherited",
            "enum": ["own", "inherited", "missing"],
            "description": "Chosen here, taken from above, or not there at all.",
        }
    )
    source_string = ma.fields.Nested(
        SourceSchema, allow_none=True, metadata={"description": "Where an inherited value comes from."}
    )
    is_kept = ma.fields.Boolean(
        metadata={"example": False, "description": "Whether the rule kept it while its source moved on."}
    )
    rule = ma.fields.Nested(AppliedRuleSchema, metadata={"description": "The rule that applies to it."})
    changed_at = ma.fields.DateTime(
        allow_none=True, metadata={"example": "2026-11-20T08:00:00Z", "description": "When it last changed."}
    )
    changed_by = ma.fields.String(allow_none=True, metadata={"example": "ada", "description": "Who changed it last."})
    job = ma.fields.UUID(
        allow_none=True,
        metadata={
            "example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21",
            "description": "The run that changed it last; null where it is as it was when the string was made.",
        },
    )


class PartSchema(_TracedSchema):
    order = ma.fields.Integer(metadata={"example": 1, "description": "Its place in the name, from 1."})
    dimension = ma.fields.Integer(metadata={"example": 3, "description": "Id of the dimension."})
    dimension_name = ma.fields.String(metadata={"example": "Brand", "description": "Name of the dimension."})
    effective_value = ma.fields.String(
        allow_none=True, metadata={"example": "NIKE", "description": "The value of the list, else the free text."}
    )
    prefix = ma.fields.String(allow_none=True, metadata={"example": "b_", "description": "What the rule puts before."})
    suffix = ma.fields.String(allow_none=True, metadata={"example": None, "description": "What the rule puts after."})
    delimiter_after = ma.fields.String(
        allow_none=True,
        metadata={"example": "-", "description": "What stands between it and the next part; null where nothing does."},
    )
    text = ma.fields.String(
        allow_none=True,
        metadata={"example": "b_NIKE", "description": "What it adds to the name; null where it is left out."},
    )
    is_required = ma.fields.Boolean(metadata={"example": True, "description": "Whether the name needs it."})
    source_value = ma.fields.String(
        allow_none=True,
        metadata={"example": None, "description": "What the source holds now, where that is something else."},
    )
    is_pending = ma.fields.Boolean(
        metadata={"example": False, "description": "Whether what the source holds now is still on its way."}
    )
    note = ma.fields.String(
        allow_none=True,
        metadata={
            "example": "String 9 now holds 'PUMA'; the rule kept the value that it gave before.",
            "description": "A sentence where the value is not the one of its source.",
        },
    )


class ExplainedFieldSchema(_TracedSchema):
    key = ma.fields.String(metadata={"example": "budget", "description": "The custom field."})
    value = ma.fields.Raw(allow_none=True, metadata={"example": 1000, "description": "What it holds."})


class NamelessSchema(ma.Schema):
    """Why the details give no name."""

    code = ma.fields.String(metadata={"example": "required_dimension_missing", "description": "The code of a failure."})
    message = ma.fields.String(
        metadata={
            "example": "The dimension 'Season' is required at this level and has no value.",
            "description": "The same in words.",
        }
    )


class ExplanationSchema(ma.Schema):
    """A name, part by part."""

    id = ma.fields.Integer(metadata={"example": 12, "description": "The string."})
    value = ma.fields.String(metadata={"example": "NIKE_SS26|[launch]", "description": "Its name as it is stored."})
    version = ma.fields.Integer(metadata={"example": 3, "description": "Its version."})
    generated_value = ma.fields.String(
        allow_none=True, metadata={"example": "NIKE_SS26|[launch]", "description": "What its details give now."}
    )
    problem = ma.fields.Nested(NamelessSchema, allow_none=True, metadata={"description": "Why they give nothing."})
    parts = ma.fields.List(
        ma.fields.Nested(PartSchema), metadata={"description": "The parts of the rule at its level, in order."}
    )
    custom_fields = ma.fields.List(
        ma.fields.Nested(ExplainedFieldSchema),
        metadata={"description": "The custom fields; they are no part of names."},
    )
