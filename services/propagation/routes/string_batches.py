"""Many strings changed by one call, and what that would do."""

from collections.abc import Mapping
from typing import Any

import flask
from flask_smorest import Blueprint

from services.propagation.operations.settings import demand_rules
from services.propagation.operations.strings import batches
from services.propagation.operations.strings.batches import StringUpdate
from services.propagation.routes.details import check_workspace, options_of
from services.propagation.routes.environment import environment
from services.propagation.schemas import batches as schemas
from shared.access import requires
from shared.current import current_session
from shared.jobs.answers import job_address

blueprint = Blueprint("string-batches", __name__, description="Many strings at once.")
Body = dict[str, Any]


@blueprint.route("/strings/analyze_impact", methods=["POST"])
@blueprint.arguments(schemas.StringAnalyzeSchema)
@blueprint.response(200, schemas.StringImpactSchema)
@requires("string.view")
def analyze_strings(body: Body) -> Any:
    """What these updates would change, exactly as a run over the same data would, and what would stop them."""
    check_workspace(body)
    session = current_session()
    demand_rules(session, body.get("field_propagation_rules"))
    return flask.jsonify(batches.analyze(session, updates_of(body["updates"]), options_of(body), environment()))


@blueprint.route("/strings/batch_update", methods=["PUT"])
@blueprint.arguments(schemas.StringBatchSchema)
@blueprint.response(200, schemas.StringBatchAnswerSchema)
@blueprint.alt_response(202, schema=schemas.StringBatchAnswerSchema, description="A worker has it.")
@blueprint.alt_response(207, schema=schemas.StringBatchAnswerSchema, description="Some were done.")
@blueprint.alt_response(409, schema=schemas.StringBatchAnswerSchema, description="None was done.")
@requires("string.edit")
def update_strings(body: Body) -> Any:
    """Up to a thousand strings as one run: 200 all done, 207 some, 409 none, 202 a worker has it."""
    check_workspace(body)
    session, options, asked = current_session(), body["options"], body["updates"]
    demand_rules(session, options.get("field_propagation_rules"), pointer="/options")
    if options.pop("dry_run"):
        answer = batches.dry_run(session, updates_of(asked), options_of(options), environment(), asked=asked)
        return flask.jsonify(answer)
    answer, status, result = batches.batch(session, updates_of(asked), options_of(options), environment(), asked=asked)
    if status == 409:
        answer["code"] = "nothing_applied"
    headers = {"Location": job_address(result.job)} if result.job is not None else {}
    return flask.jsonify(answer), status, headers


def updates_of(asked: list[Mapping[str, Any]]) -> list[StringUpdate]:
    return [StringUpdate.of(update) for update in asked]
