"""Values and rule details: writes that make names again, and so answer like runs."""

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from services.propagation.models import DimensionValue, Job, Rule, RuleDetail
from services.propagation.operations import structure
from services.propagation.operations.runs import edited_rows, editing, impact, summary
from services.propagation.operations.runs.regenerating import Edit
from services.propagation.routes import answers
from services.propagation.routes.environment import environment
from services.propagation.schemas import structure as schemas
from services.propagation.schemas.impact import RunAnswerSchema
from shared.access import load, requires
from shared.current import current_session
from shared.editing import change, delete
from shared.errors import Invalid
from shared.resources import check_version, tag_of, with_tag

OPTIONS = ("error_handling", "mode", "confirm_token", "request_approval")
Values = dict[str, Any]


def register(blueprint: Blueprint) -> None:
    """Adds the writes of both resources, where the plain ones are left out."""
    _register_values(blueprint)
    _register_rule_details(blueprint)
    _register_reorder(blueprint)


def _register_values(blueprint: Blueprint) -> None:
    one = "/dimension-values/<key:row_id>"

    @blueprint.route(one, methods=["PATCH"], endpoint="dimension_values_change")
    @blueprint.arguments(schemas.DimensionValueChangeSchema(partial=True))
    @blueprint.response(200, schemas.DimensionValueAnswerSchema(partial=True))
    @blueprint.alt_response(
        202, schema=schemas.DimensionValueAnswerSchema(partial=True), description="A worker makes the names again."
    )
    @requires("value.edit", on=DimensionValue)
    def change_value(body: Values, row_id: int) -> Any:
        """Renaming a value makes every name again that holds it; one that goes needs `replace_with` while in use."""
        session = current_session()
        row = load(session, DimensionValue, row_id)
        options, replace_with = _options(body), body.pop("replace_with", None)
        values = structure.prepared(session, row, check_version(row, body))
        edited_rows.demand_another(row, replace_with)
        goes = values.get("status") == "inactive" and row.status == "active"
        renames = values.get("value", row.value) != row.value
        if goes:
            edited_rows.demand_free_or_replaced(session, row, replace_with)
        if replace_with is None and not options["dry_run"] and values.keys().isdisjoint(("value", "status")):
            change(session, row, values)
            return with_tag(row)
        edit = Edit(
            "dimension_value",
            "update",
            row.id,
            values,
            before={name: getattr(row, name) for name in values},
            dimension_id=row.dimension_id,
            replace_with=replace_with,
        )
        concerns_names = goes or renames or replace_with is not None
        return _answer(edit, options, schemas.DimensionValueSchema, concerns_names=concerns_names)

    @blueprint.route(one, methods=["DELETE"], endpoint="dimension_values_delete")
    @blueprint.arguments(schemas.ReplaceArgs, location="query")
    @blueprint.response(204)
    @blueprint.alt_response(200, schema=RunAnswerSchema, description="Gone, and names were made again; or a dry run.")
    @blueprint.alt_response(202, schema=RunAnswerSchema, description="A worker has it.")
    @requires("value.edit", on=DimensionValue)
    def delete_value(args: Values, row_id: int) -> Any:
        session = current_session()
        row = load(session, DimensionValue, row_id)
        options, replace_with = _options(args), args.get("replace_with")
        check_version(row, {})
        edited_rows.demand_another(row, replace_with)
        edited_rows.demand_free_or_replaced(session, row, replace_with)
        edited_rows.demand_childless(session, row)
        if replace_with is None and not options["dry_run"]:
            delete(session, row)
            return None
        edit = Edit(
            "dimension_value",
            "delete",
            row.id,
            before=stored_values(row),
            dimension_id=row.dimension_id,
            replace_with=replace_with,
        )
        return _answer(edit, options, schemas.DimensionValueSchema)


def _register_rule_details(blueprint: Blueprint) -> None:
    one = "/rule-details/<key:row_id>"

    @blueprint.route("/rule-details", methods=["POST"], endpoint="rule_details_create")
    @blueprint.arguments(schemas.RuleDetailChangeSchema)
    @blueprint.response(201, schemas.RuleDetailAnswerSchema)
    @blueprint.alt_response(200, schema=RunAnswerSchema, description="A dry run.")
    @blueprint.alt_response(202, schema=schemas.RuleDetailAnswerSchema(partial=True), description="A worker has it.")
    @requires("rule.manage")
    def create_rule_detail(body: Values) -> Any:
        session = current_session()
        options = _options(body)
        body.pop("version", None)
        values = structure.PREPARE[RuleDetail](session, None, body)
        structure.demand_no_gap(session, values["rule_id"], values["field_id"], joining=values["dimension_order"])
        edit = Edit("rule_detail", "create", None, values, rule_id=values["rule_id"], field_id=values["field_id"])
        return _answer(edit, options, schemas.RuleDetailSchema, status=201)

    @blueprint.route(one, methods=["PATCH"], endpoint="rule_details_change")
    @blueprint.arguments(schemas.RuleDetailChangeSchema(partial=True))
    @blueprint.response(200, schemas.RuleDetailAnswerSchema(partial=True))
    @blueprint.alt_response(202, schema=schemas.RuleDetailAnswerSchema(partial=True), description="A worker has it.")
    @requires("rule.manage", on=RuleDetail)
    def change_rule_detail(body: Values, row_id: int) -> Any:
        session = current_session()
        row = load(session, RuleDetail, row_id)
        options = _options(body)
        values = structure.prepared(session, row, check_version(row, body))
        if values.get("dimension_order", row.dimension_order) != row.dimension_order:
            structure.demand_no_gap(
                session, row.rule_id, row.field_id, joining=values["dimension_order"], leaving=row.dimension_order
            )
        edit = Edit(
            "rule_detail",
            "update",
            row.id,
            values,
            before={name: getattr(row, name) for name in values},
            rule_id=row.rule_id,
            field_id=row.field_id,
        )
        return _answer(edit, options, schemas.RuleDetailSchema)

    @blueprint.route(one, methods=["DELETE"], endpoint="rule_details_delete")
    @blueprint.arguments(schemas.EditArgs, location="query")
    @blueprint.response(204)
    @blueprint.alt_response(200, schema=RunAnswerSchema, description="Gone, and names were made again; or a dry run.")
    @blueprint.alt_response(202, schema=RunAnswerSchema, description="A worker has it.")
    @requires("rule.manage", on=RuleDetail)
    def delete_rule_detail(args: Values, row_id: int) -> Any:
        session = current_session()
        row = load(session, RuleDetail, row_id)
        check_version(row, {})
        edit = Edit(
            "rule_detail",
            "delete",
            row.id,
            before=stored_values(row),
            rule_id=row.rule_id,
            field_id=row.field_id,
        )
        return _answer(edit, _options(args), schemas.RuleDetailSchema)


def _register_reorder(blueprint: Blueprint) -> None:
    @blueprint.route("/rules/<key:row_id>/reorder", methods=["POST"], endpoint="rules_reorder")
    @blueprint.arguments(schemas.ReorderSchema)
    @blueprint.response(200, schemas.ReorderedSchema)
    @blueprint.alt_response(202, schema=schemas.ReorderedSchema, description="A worker has it.")
    @requires("rule.manage", on=Rule)
    def reorder(body: Values, row_id: int) -> Any:
        """Sets the orders of a rule's parts at one field to 1..n."""
        session = current_session()
        options, wanted, field_id = _options(body), body["rule_details"], body["field"]
        present = structure.ordered_parts(session, row_id, field_id)
        if sorted(wanted) != sorted(row.id for row in present):
            detail = "Name every part of the rule at this field exactly once."
            raise Invalid.field("/rule_details", "not_all_parts", detail)
        before = [row.id for row in present]
        edit = Edit(
            "rule_detail",
            "reorder",
            None,
            {"rule_details": wanted},
            before={"rule_details": before},
            rule_id=row_id,
            field_id=field_id,
        )
        if options.get("dry_run"):
            return _answer(edit, options, schemas.RuleDetailSchema)
        options.pop("dry_run")
        token = options.pop("confirm_token", None)
        edited = editing.enact(session, edit, options, environment(), token=token)

        def shown(now: Session, told: Values) -> Values:
            parts = structure.ordered_parts(now, row_id, field_id)
            return {"rule_details": schemas.RuleDetailSchema(many=True).dump(parts), "propagation_summary": told}

        def at_the_end(later: Session, job: Job) -> tuple[answers.Shape, int, answers.Headers]:
            return shown(later, summary.of_job(later, edited.prepared, job)), 200, {}

        at_once = shown(session, editing.propagation_summary(session, edited))
        return answers.ended(at_once, {}, pending=edited.pending, ending=at_the_end)


def stored_values(row: Any) -> Values:
    """A row's own columns, as they would be written again."""
    left_out = {"tenant_id", "id", "version", "created_at", "updated_at", "created_by"}
    columns = row.__table__.columns.keys()
    return {name: _plain(getattr(row, name)) for name in columns if name not in left_out}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _options(body: Values) -> Values:
    found = {name: body.pop(name) for name in OPTIONS if name in body}
    return found | {"dry_run": bool(body.pop("dry_run", False))}


def _answer(
    edit: Edit, options: Values, schema: type[ma.Schema], *, status: int = 200, concerns_names: bool = True
) -> Any:
    session = current_session()
    token = options.pop("confirm_token", None)
    if options.pop("dry_run"):
        prepared, tally = editing.preview(session, edit, options, environment())
        shown = impact.analysis(session, prepared, tally, environment())
        return answers.dry_run(shown)
    if concerns_names:
        edited = editing.enact(session, edit, options, environment(), token=token)
    else:
        edited = editing.store(session, edit, options, environment())
    told = editing.propagation_summary(session, edited)
    if edited.row is None and edit.action == "delete" and not edited.is_pending and edited.job is None:
        return flask.Response(status=204)
    address = flask.request.path.rstrip("/")

    def shape(row: Any, told: Values) -> tuple[answers.Shape, int, answers.Headers]:
        shown = (schema().dump(row) if row is not None else {}) | {"propagation_summary": told}
        headers = {"ETag": tag_of(row)} if row is not None else {}
        if edit.action == "create" and row is not None:
            headers["Location"] = f"{address}/{row.id}"
        return shown, status, headers

    def at_the_end(later: Session, job: Job) -> tuple[answers.Shape, int, answers.Headers]:
        made = Edit.from_json(job.metadata_["request"]["edit"])  # knows the row that the worker has made
        return shape(edited_rows.stored(later, made), summary.of_job(later, edited.prepared, job))

    present, _status, headers = shape(edited.row, told)
    return answers.ended(present, headers, pending=edited.pending, status=status, ending=at_the_end)
