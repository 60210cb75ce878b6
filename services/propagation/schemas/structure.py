"""The naming structure in JSON."""

from typing import Any

import marshmallow as ma

from services.propagation.schemas.fields import Reference, Resource, text, version_read, word
from services.propagation.schemas.impact import RunAnswerSchema
from shared.listing import ListArgs, Several

ACTIVE = ("active", "inactive")


class PlatformSchema(Resource):
    platform_type = text(50, example="social", required=True)
    name = text(50, example="Meta Ads", required=True)
    slug = text(50, example="meta-ads")
    icon_name = text(50, example="brand-meta", allow_none=True)


class FieldSchema(Resource):
    platform = Reference("platform_id", required=True)
    name = text(30, example="campaign", required=True)
    field_level = ma.fields.Integer(
        required=True, strict=True, validate=ma.validate.Range(1, 100), metadata={"example": 2}
    )
    next_field = Reference("next_field_id", allow_none=True)


class DimensionSchema(Resource):
    parent = Reference("parent_id", allow_none=True)
    name = text(30, example="Brand", required=True)
    slug = text(50, example="brand")
    description = text(500, example="Whose product is advertised.", allow_none=True)
    type = word("list", "text")
    status = word(*ACTIVE)


class DimensionValueSchema(Resource):
    dimension = Reference("dimension_id", required=True)
    parent = Reference("parent_id", allow_none=True)
    value = text(30, example="NIKE", required=True)
    label = text(50, example="Nike")
    utm = text(30, example="nike", allow_none=True)
    description = text(500, example="The parent brand.", allow_none=True)
    external_ref = text(100, example="BR-0815", allow_none=True)
    valid_from = ma.fields.Date(allow_none=True, metadata={"example": "2026-01-01"})
    valid_until = ma.fields.Date(allow_none=True, metadata={"example": "2026-12-31"})
    status = word(*ACTIVE)


class RuleSchema(Resource):
    platform = Reference("platform_id", required=True)
    name = text(50, example="Standard", required=True)
    slug = text(50, example="standard")
    description = text(500, example="How all campaigns are named.", allow_none=True)
    status = word(*ACTIVE)
    is_default = ma.fields.Boolean(metadata={"example": False})


class RuleDetailSchema(Resource):
    rule = Reference("rule_id", required=True)
    field = Reference("field_id", required=True)
    dimension = Reference("dimension_id", required=True)
    prefix = text(20, example="b_", allow_none=True)
    suffix = text(20, example="!", allow_none=True)
    delimiter = text(1, example="_", allow_none=True)
    dimension_order = ma.fields.Integer(
        required=True, strict=True, validate=ma.validate.Range(1, 1000), metadata={"example": 1}
    )
    is_required = ma.fields.Boolean(metadata={"example": True})


class EditOptions(Resource):
    """What a write that makes names again may be told."""

    dry_run = ma.fields.Boolean(load_only=True, metadata={"example": False})
    error_handling = ma.fields.String(
        load_only=True,
        validate=ma.validate.OneOf(["continue", "stop", "rollback"]),
        metadata={"example": "continue"},
    )
    mode = ma.fields.String(
        load_only=True,
        validate=ma.validate.OneOf(["automatic", "manual", "prompt"]),
        metadata={"example": "automatic"},
    )
    confirm_token = ma.fields.String(
        load_only=True, validate=ma.validate.Length(max=2000), metadata={"example": "eyJ0…"}
    )


class DimensionValueChangeSchema(DimensionValueSchema, EditOptions):
    replace_with = Reference(load_only=True, allow_none=True)


class RuleDetailChangeSchema(RuleDetailSchema, EditOptions):
    pass


class DimensionValueAnswerSchema(DimensionValueSchema, RunAnswerSchema):
    """The value as it is now, and the run that made names again."""


class RuleDetailAnswerSchema(RuleDetailSchema, RunAnswerSchema):
    """The part of the rule as it is now, and the run that made names again."""


class ReorderSchema(ma.Schema):
    """All parts of a rule at one field, in their new order."""

    field = Reference(required=True)
    rule_details = ma.fields.List(
        ma.fields.Integer(strict=True),
        required=True,
        validate=ma.validate.Length(min=1, max=1000),
        metadata={"example": [3, 1, 2]},
    )
    dry_run = ma.fields.Boolean(metadata={"example": False})
    error_handling = ma.fields.String(validate=ma.validate.OneOf(["continue", "stop", "rollback"]))
    mode = ma.fields.String(validate=ma.validate.OneOf(["automatic", "manual", "prompt"]))
    confirm_token = ma.fields.String(validate=ma.validate.Length(max=2000), metadata={"example": "eyJ0…"})


class ReorderedSchema(RunAnswerSchema):
    rule_details = ma.fields.List(ma.fields.Nested(RuleDetailSchema))


class EditArgs(ma.Schema):
    dry_run = ma.fields.Boolean(load_default=False)
    error_handling = ma.fields.String(validate=ma.validate.OneOf(["continue", "stop", "rollback"]))
    mode = ma.fields.String(validate=ma.validate.OneOf(["automatic", "manual", "prompt"]))
    confirm_token = ma.fields.String(validate=ma.validate.Length(max=2000), metadata={"example": "eyJ0…"})

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        # webargs drops unknown query names unless every call site says otherwise; here they are always an error.
        return super().load(data, unknown=ma.RAISE, **options)


class ReplaceArgs(EditArgs):
    replace_with = Reference(strict=False)


class SubmissionSchema(Resource):
    rule = Reference("rule_id", required=True)
    starting_field = Reference("starting_field_id", required=True)
    selected_parent_string = Reference("selected_parent_string_id", allow_none=True)
    name = text(50, example="Spring 2027", required=True)
    slug = text(50, example="spring-2027")
    description = text(500, example="Everything for the spring season.", allow_none=True)
    status = word("draft", "submitted", "approved", "rejected")


class MemberSchema(Resource):
    user_id = text(255, example="ada", required=True)
    name = text(200, example="Ada Lovelace")
    role = ma.fields.String(
        allow_none=True,
        validate=ma.validate.OneOf(["viewer", "operator", "manager", "admin"]),
        metadata={"example": "operator"},
    )
    is_active = ma.fields.Boolean(metadata={"example": True})


class WorkspaceSchema(ma.Schema):
    id = ma.fields.UUID(attribute="tenant_id", dump_only=True)
    name = text(50, example="Demo")
    slug = text(50, example="demo")
    logo_url = text(500, example="https://example.com/logo.svg", allow_none=True)
    time_zone = text(50, example="Europe/Berlin")
    if_match_required = ma.fields.Boolean(metadata={"example": False})
    status = word(*ACTIVE)
    version = version_read()
    created_at = ma.fields.DateTime(dump_only=True)
    updated_at = ma.fields.DateTime(dump_only=True)


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


class MemberArgs(ListArgs):
    role = Several(ma.fields.String())
    is_active = ma.fields.Boolean()
