"""Platforms, fields, dimensions, values, rules, submissions, members and the workspace."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from services.propagation.models import (
    Constraint,
    Dimension,
    DimensionValue,
    Field,
    Member,
    Platform,
    Rule,
    RuleDetail,
    Submission,
    Workspace,
)
from services.propagation.operations import structure
from services.propagation.operations.rules import problems
from services.propagation.routes import constraints, dependent_lists, edits, platforms, rules
from services.propagation.schemas import constraints as constraint_schemas
from services.propagation.schemas import rules as rule_schemas
from services.propagation.schemas import structure as schemas
from services.propagation.schemas import workspace as workspace_schemas
from shared import editing
from shared.access import requires
from shared.current import current_session
from shared.listing import Expression, ListArgs
from shared.resources import Plain, check_version, register, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("structure", __name__, description="What is named, by which dimensions and rules.")


def _plain(
    path: str,
    model: type[Any],
    schema: type[ma.Schema],
    args: type[ListArgs],
    manage: str,
    filters: dict[str, Expression],
    orderings: dict[str, Expression],
    **options: Any,
) -> Plain:
    check = structure.PREPARE[model]
    return Plain(
        path,
        model,
        schema,
        args,
        "string.view",
        manage,
        filters=filters,
        orderings=orderings,
        check=check,
        **options,
    )


RESOURCES = (
    _plain(
        "platforms",
        Platform,
        schemas.PlatformSchema,
        schemas.PlatformArgs,
        "structure.manage",
        {"platform_type": Platform.platform_type, "slug": Platform.slug},
        {"name": Platform.name},
    ),
    _plain(
        "fields",
        Field,
        schemas.FieldSchema,
        schemas.FieldArgs,
        "structure.manage",
        {"platform": Field.platform_id, "field_level": Field.field_level},
        {"platform": Field.platform_id, "field_level": Field.field_level, "name": Field.name},
        default="platform,field_level",
    ),
    _plain(
        "dimensions",
        Dimension,
        schemas.DimensionSchema,
        schemas.DimensionArgs,
        "rule.manage",
        {
            "parent": Dimension.parent_id,
            "type": Dimension.type,
            "status": Dimension.status,
            "name": Dimension.name,
        },
        {"name": Dimension.name},
    ),
    _plain(
        "dimension-values",
        DimensionValue,
        schemas.DimensionValueSchema,
        schemas.DimensionValueArgs,
        "value.edit",
        {
            "dimension": DimensionValue.dimension_id,
            "parent": DimensionValue.parent_id,
            "value": DimensionValue.value,
            "external_ref": DimensionValue.external_ref,
            "status": DimensionValue.status,
        },
        {"value": DimensionValue.value, "label": DimensionValue.label},
        writes=frozenset({"POST"}),
    ),
    _plain(
        "dimension-constraints",
        Constraint,
        constraint_schemas.ConstraintSchema,
        constraint_schemas.ConstraintArgs,
        "rule.manage",
        {
            "dimension": Constraint.dimension_id,
            "constraint_type": Constraint.constraint_type,
            "is_active": Constraint.is_active,
        },
        {"dimension": Constraint.dimension_id, "order": Constraint.order},
        default="dimension,order",
    ),
    _plain(
        "rules",
        Rule,
        schemas.RuleSchema,
        schemas.RuleArgs,
        "rule.manage",
        {"platform": Rule.platform_id, "status": Rule.status},
        {"name": Rule.name},
        answer=rule_schemas.RuleAnswerSchema,
        more=lambda session, row: {"problems": problems(session, row)},
    ),
    _plain(
        "rule-details",
        RuleDetail,
        schemas.RuleDetailSchema,
        schemas.RuleDetailArgs,
        "rule.manage",
        {"rule": RuleDetail.rule_id, "field": RuleDetail.field_id, "dimension": RuleDetail.dimension_id},
        {"rule": RuleDetail.rule_id, "field": RuleDetail.field_id, "dimension_order": RuleDetail.dimension_order},
        default="rule,field,dimension_order",
        writes=frozenset(),
    ),
    _plain(
        "submissions",
        Submission,
        schemas.SubmissionSchema,
        schemas.SubmissionArgs,
        "rule.manage",
        {"rule": Submission.rule_id, "status": Submission.status},
        {"name": Submission.name},
    ),
    _plain(
        "members",
        Member,
        workspace_schemas.MemberSchema,
        workspace_schemas.MemberArgs,
        "member.manage",
        {"role": Member.role, "is_active": Member.is_active},
        {"name": Member.name, "user_id": Member.user_id},
    ),
)
for resource in RESOURCES:
    register(blueprint, resource)
edits.register(blueprint)
constraints.register(blueprint)
dependent_lists.register(blueprint)
platforms.register(blueprint)
rules.register(blueprint)


@blueprint.route("/workspace", methods=["GET"])
@blueprint.response(200, workspace_schemas.WorkspaceSchema)
@requires("string.view")
def read_workspace() -> Any:
    return with_tag(_workspace())


@blueprint.route("/workspace", methods=["PATCH"])
@blueprint.arguments(workspace_schemas.WorkspaceSchema(partial=True))
@blueprint.response(200, workspace_schemas.WorkspaceSchema)
@requires("structure.manage")
def change_workspace(body: dict[str, Any]) -> Any:
    row = _workspace()
    session = current_session()
    editing.change(session, row, structure.prepared(session, row, check_version(row, body)))
    return with_tag(row)


def _workspace() -> Workspace:
    row = current_session().get_one(Workspace, tenant_of(current_session()))
    return row
