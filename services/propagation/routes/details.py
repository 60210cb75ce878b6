"""Changing choices: one, many at once, and what that would do."""

from collections.abc import Mapping
from typing import Any

import flask
from flask_smorest import Blueprint

from services.propagation.errors import WorkspaceMismatch
from services.propagation.models import Detail
from services.propagation.operations import details
from services.propagation.operations.runs import analyzing, diff, impact
from services.propagation.operations.runs.preparing import prepare
from services.propagation.operations.settings import demand_rules
from services.propagation.queries import strings as queries
from services.propagation.routes import answers, csv_answers
from services.propagation.routes.environment import environment
from services.propagation.routes.shapes import detail_shape, detail_tag, is_bound, overtaken
from services.propagation.schemas.changes import ChangedDetailSchema
from services.propagation.schemas.details import AnalyzeSchema, BatchAnswerSchema, BatchSchema, DetailChangeSchema
from services.propagation.schemas.impact import ImpactSchema
from services.propagation.schemas.runs import RunSchema
from shared.access import load, requires
from shared.current import current_context, current_session
from shared.errors import Invalid
from shared.jobs.answers import accepted, job_address
from shared.resources import check_tag

blueprint = Blueprint("string-details", __name__, description="The choices that names are built from.")
OPTIONS = (
    "propagate",
    "error_handling",
    "mode",
    "field_propagation_rules",
    "propagation_depth",
    "max_depth",
    "parallel_processing",
    "confirm_token",
    "request_approval",
)


def options_of(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in OPTIONS if name in body}


def change_detail(body: dict[str, Any], row_id: int) -> Any:
    session = current_session()
    row = load(session, Detail, row_id)
    for name, stored in (("string", row.string_id), ("dimension", row.dimension_id)):
        if body.pop(name, stored) != stored:
            raise Invalid.field(f"/{name}", "immutable_field", f"The {name} of a detail cannot be changed.")
    sent = body.pop("version", None)

    def look() -> int:
        read = queries.detail(session, row_id)
        check_tag(detail_tag(read), read.version, body_version=sent)
        return read.version

    version = look()
    demand_rules(session, body.get("field_propagation_rules"))
    if body.pop("dry_run"):
        shown = details.dry_run(session, row, body, options_of(body), environment())
        return answers.dry_run(shown)
    if is_bound(sent):
        body["version"] = version
    with overtaken(look):
        result = details.update(session, row, body, options_of(body), environment())
    return answers.changed(result, lambda later: detail_shape(queries.detail(later, row_id)))


for method in ("PATCH", "PUT"):
    blueprint.route("/string-details/<key:row_id>", methods=[method], endpoint=f"detail_{method.lower()}")(
        blueprint.arguments(DetailChangeSchema)(
            blueprint.response(200, ChangedDetailSchema)(requires("string.edit", on=Detail)(change_detail))
        )
    )


@blueprint.route("/string-details/analyze_impact", methods=["POST"])
@blueprint.arguments(AnalyzeSchema)
@blueprint.response(200, ImpactSchema)
@blueprint.alt_response(202, schema=RunSchema, description="A worker keeps the diff for 24 hours.")
@blueprint.alt_response(200, **csv_answers.DOCUMENTED)
@requires("string.view")
def analyze_impact(body: dict[str, Any]) -> Any:
    """What these updates would change, exactly as a run over the same data would; nothing is written.

    With `Accept: text/csv` the whole diff as CSV.
    """
    check_workspace(body)
    session = current_session()
    demand_rules(session, body.get("field_propagation_rules"))
    if body["background"]:
        asked = details.batch_request(body["string_detail_updates"], options_of(body))
        job = analyzing.submit(session, prepare(session, asked, environment()))
        return flask.jsonify(RunSchema().dump(job)), *accepted(job, RunSchema)[1:]
    if csv_answers.is_asked_for():
        asked, place = details.batch_request(body["string_detail_updates"], options_of(body)), environment()
        return csv_answers.streamed("impact.csv", lambda own: diff.preview(own, prepare(own, asked, place)))
    prepared, tally = details.analyze(session, body["string_detail_updates"], options_of(body), environment())
    return flask.jsonify(impact.analysis(session, prepared, tally, environment()))


@blueprint.route("/string-details/batch_update", methods=["PUT"])
@blueprint.arguments(BatchSchema)
@blueprint.response(200, BatchAnswerSchema)
@blueprint.alt_response(202, schema=BatchAnswerSchema, description="A worker has it.")
@blueprint.alt_response(207, schema=BatchAnswerSchema, description="Some were done.")
@blueprint.alt_response(409, schema=BatchAnswerSchema, description="None was done.")
@requires("string.edit")
def batch_update(body: dict[str, Any]) -> Any:
    """Up to a hundred updates as one run: 200 all done, 207 some, 409 none, 202 a worker has it."""
    check_workspace(body)
    session, options = current_session(), body["options"]
    updates = body["updates"]
    demand_rules(session, options.get("field_propagation_rules"), pointer="/options")
    if options.pop("dry_run"):
        return flask.jsonify(details.batch_dry_run(session, updates, options_of(options), environment()))
    answer, status, result = details.batch(session, updates, options_of(options), environment())
    if status == 409:
        answer["code"] = "nothing_applied"
    headers = {"Location": job_address(result.job)} if result.job is not None else {}
    return flask.jsonify(answer), status, headers


def check_workspace(body: Mapping[str, Any]) -> None:
    named = body.get("workspace")
    if named is not None and str(named).lower() != str(current_context().tenant_id):
        raise WorkspaceMismatch("The body names another workspace than the token.")
