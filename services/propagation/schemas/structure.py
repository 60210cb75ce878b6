"""The naming structure in JSON."""

import marshmallow as ma

from services.propagation.schemas.fields import Body, Flag, Query, Reference, Resource, text, word
from services.propagation.schemas.impact import RunAnswerSchema
from services.propagation.schemas.options import request_approval
from shared.listing import ListArgs, Several

ACTIVE = ("active", "inactive")


class PlatformSchema(Resource):
    platform_type = text(
        50, example="social", required=True, metadata={"description": "What kind of platform it is; any word of yours."}
    )
    name = text(50, example="Meta Ads", required=True, metadata={"description": "What people call it."})
    slug = text(
        50,
        example="meta-ads",
        metadata={"description": "Its name in addresses and files; made from the name unless given."},
    )
    icon_name = text(
        50, example="brand-meta", allow_none=True, metadata={"description": "Name of an icon for the console."}
    )


class FieldSchema(Resource):
    platform = Reference(
        "platform_id", required=True, metadata={"description": "The platform whose entities these are."}
    )
    name = text(30, example="campaign", required=True, metadata={"description": "The kind of entity."})
    field_level = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, 100),
        metadata={"example": 2, "description": "1 is the top; strings stand exactly one level below their parent."},
    )
    next_field = Reference(
        "next_field_id",
        allow_none=True,
        metadata={"description": "The field of what stands below; null on the lowest level."},
    )


class DimensionSchema(Resource):
    parent = Reference(
        "parent_id",
        allow_none=True,
        metadata={"description": "The dimension that its values depend on; null for none."},
    )
    name = text(
        30,
        example="Brand",
        required=True,
        metadata={"description": "What people call it; rules and files name it by this."},
    )
    slug = text(
        50, example="brand", metadata={"description": "Its name in addresses; made from the name unless given."}
    )
    description = text(
        500, example="Whose product is advertised.", allow_none=True, metadata={"description": "What it is for."}
    )
    type = word(
        "list",
        "text",
        metadata={"description": "`list` takes values of its list, `text` free text; fixed once a string uses it."},
    )
    status = word(*ACTIVE, metadata={"description": "Inactive ones cannot be chosen anew."})


class DimensionValueSchema(Resource):
    dimension = Reference(
        "dimension_id", required=True, metadata={"description": "The list that it belongs to; fixed."}
    )
    parent = Reference(
        "parent_id",
        allow_none=True,
        metadata={"description": "The value of the parent dimension beside which alone it may stand; null for any."},
    )
    value = text(30, example="NIKE", required=True, metadata={"description": "What stands in names."})
    label = text(50, example="Nike", metadata={"description": "What people are shown; the value unless given."})
    utm = text(30, example="nike", allow_none=True, metadata={"description": "What stands in tracking parameters."})
    description = text(500, example="The parent brand.", allow_none=True, metadata={"description": "What it means."})
    external_ref = text(
        100,
        example="BR-0815",
        allow_none=True,
        metadata={"description": "Its key in another system, unique in the dimension."},
    )
    valid_from = ma.fields.Date(
        allow_none=True, metadata={"example": "2026-01-01", "description": "First day on which it may be chosen."}
    )
    valid_until = ma.fields.Date(
        allow_none=True, metadata={"example": "2026-12-31", "description": "Last day on which it may be chosen."}
    )
    status = word(*ACTIVE, metadata={"description": "Inactive ones cannot be chosen anew."})


class RuleSchema(Resource):
    TOLD_TOO = Resource.TOLD_TOO | {"problems"}

    platform = Reference(
        "platform_id", required=True, metadata={"description": "The platform whose names it makes; fixed."}
    )
    name = text(50, example="Standard", required=True, metadata={"description": "What people call it."})
    slug = text(
        50, example="standard", metadata={"description": "Its name in addresses; made from the name unless given."}
    )
    description = text(
        500, example="How all campaigns are named.", allow_none=True, metadata={"description": "What it is for."}
    )
    status = word(*ACTIVE, metadata={"description": "An inactive rule makes no new strings."})
    is_default = Flag(
        metadata={"example": False, "description": "Taken where nobody names a rule; one for each platform."}
    )


class RuleDetailSchema(Resource):
    rule = Reference("rule_id", required=True, metadata={"description": "The rule that it is a part of; fixed."})
    field = Reference(
        "field_id", required=True, metadata={"description": "The field whose names it is a part of; fixed."}
    )
    dimension = Reference(
        "dimension_id", required=True, metadata={"description": "The dimension whose value stands here."}
    )
    prefix = text(20, example="b_", allow_none=True, metadata={"description": "What stands before the value."})
    suffix = text(20, example="!", allow_none=True, metadata={"description": "What stands after the value."})
    delimiter = text(
        1,
        example="_",
        allow_none=True,
        metadata={"description": "What stands between this part and the next; null means `-`, an empty text nothing."},
    )
    dimension_order = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, 1000),
        metadata={"example": 1, "description": "Its place in the name, from 1 without gaps."},
    )
    is_required = Flag(
        metadata={"example": True, "description": "Without a value there is no name; else the part is left out."}
    )


class EditOptions(Resource):
    """What a write that makes names again may be told."""

    dry_run = Flag(load_only=True, metadata={"example": False, "description": "Only tells what would happen."})
    error_handling = ma.fields.String(
        load_only=True,
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"example": "continue", "description": "What happens if a name cannot be made."},
    )
    mode = ma.fields.String(
        load_only=True,
        validate=ma.validate.OneOf(["automatic", "manual", "prompt"]),
        metadata={"example": "automatic", "description": "Whether the change is made at once or confirmed first."},
    )
    confirm_token = ma.fields.String(
        load_only=True,
        validate=ma.validate.Length(max=2000),
        metadata={"example": "eyJ0…", "description": "From a preview: exactly what it showed, or nothing."},
    )
    request_approval = request_approval(load_only=True)


class DimensionValueChangeSchema(DimensionValueSchema, EditOptions):
    replace_with = Reference(
        load_only=True,
        allow_none=True,
        metadata={"description": "The value that takes its place where strings hold it.", "example": 8},
    )


class RuleDetailChangeSchema(RuleDetailSchema, EditOptions):
    pass


class DimensionValueAnswerSchema(DimensionValueSchema, RunAnswerSchema):
    """The value as it is now, and the run that made names again."""


class RuleDetailAnswerSchema(RuleDetailSchema, RunAnswerSchema):
    """The part of the rule as it is now, and the run that made names again."""


class ReorderSchema(Body):
    """All parts of a rule at one field, in their new order."""

    field = Reference(required=True, metadata={"description": "The field whose parts are ordered."})
    rule_details = ma.fields.List(
        ma.fields.Integer(strict=True),
        required=True,
        validate=ma.validate.Length(min=1, max=1000),
        metadata={"example": [3, 1, 2], "description": "All parts by id, in their new order."},
    )
    dry_run = Flag(metadata={"example": False, "description": "Only tells what would happen."})
    error_handling = ma.fields.String(
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"description": "What happens if a name cannot be made.", "example": "continue"},
    )
    mode = ma.fields.String(
        validate=ma.validate.OneOf(["automatic", "manual", "prompt"]),
        metadata={"description": "Whether the change is made at once or confirmed first.", "example": "automatic"},
    )
    confirm_token = ma.fields.String(
        validate=ma.validate.Length(max=2000),
        metadata={"example": "eyJ0…", "description": "From a preview: exactly what it showed, or nothing."},
    )
    request_approval = request_approval()


class ReorderedSchema(RunAnswerSchema):
    rule_details = ma.fields.List(
        ma.fields.Nested(RuleDetailSchema), metadata={"description": "The parts as they are now."}
    )


class EditArgs(Query):
    dry_run = ma.fields.Boolean(load_default=False)
    error_handling = ma.fields.String(validate=ma.validate.OneOf(["continue", "stop", "rollback"]))
    mode = ma.fields.String(validate=ma.validate.OneOf(["automatic", "manual", "prompt"]))
    confirm_token = ma.fields.String(validate=ma.validate.Length(max=2000), metadata={"example": "eyJ0…"})
    request_approval = request_approval(ma.fields.Boolean)


class ReplaceArgs(EditArgs):
    replace_with = Reference(strict=False)


class SubmissionSchema(Resource):
    rule = Reference("rule_id", required=True, metadata={"description": "Makes the names of the strings in it."})
    starting_field = Reference("starting_field_id", required=True, metadata={"description": "Where its strings begin."})
    selected_parent_string = Reference(
        "selected_parent_string_id", allow_none=True, metadata={"description": "The string below which they begin."}
    )
    name = text(50, example="Spring 2027", required=True, metadata={"description": "What people call it."})
    slug = text(
        50, example="spring-2027", metadata={"description": "Its name in addresses; made from the name unless given."}
    )
    description = text(
        500, example="Everything for the spring season.", allow_none=True, metadata={"description": "What it is for."}
    )
    status = word("draft", "submitted", "approved", "rejected", metadata={"description": "How far it is."})


class PlatformArgs(ListArgs):
    platform_type = Several(ma.fields.String())
    slug = Several(ma.fields.String())


class FieldArgs(ListArgs):
    platform = Several(Reference(strict=False))
    field_level = Several(ma.fields.Integer())


class DimensionArgs(ListArgs):
    parent = Several(Reference(strict=False))
    type = Several(ma.fields.String())
    status = Several(ma.fields.String())
    name = Several(ma.fields.String())


class DimensionValueArgs(ListArgs):
    dimension = Several(Reference(strict=False))
    parent = Several(Reference(strict=False))
    value = Several(ma.fields.String())
    external_ref = Several(ma.fields.String())
    status = Several(ma.fields.String())


class RuleArgs(ListArgs):
    platform = Several(Reference(strict=False))
    status = Several(ma.fields.String())


class RuleDetailArgs(ListArgs):
    rule = Several(Reference(strict=False))
    field = Several(Reference(strict=False))
    dimension = Several(Reference(strict=False))


class SubmissionArgs(ListArgs):
    rule = Several(Reference(strict=False))
    status = Several(ma.fields.String())
