"""Changes of one string: a detail more or less, a value given up, another parent, values sent down."""

from collections.abc import Callable
from functools import partial
from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from services.propagation.models import Detail, String
from services.propagation.operations import changes
from services.propagation.operations.runs.request import RunRequest
from services.propagation.operations.runs.running import Result
from services.propagation.operations.settings import demand_rules
from services.propagation.operations.strings.restoring import restoration
from services.propagation.queries import strings as queries
from services.propagation.routes import answers
from services.propagation.routes.details import options_of
from services.propagation.routes.environment import environment
from services.propagation.routes.shapes import detail_shape, detail_tag, is_bound, overtaken, string_shape
from services.propagation.schemas import changes as schemas
from services.propagation.schemas.impact import RunAnswerSchema
from services.propagation.schemas.strings import DetailSchema, StringSchema, detail_view
from shared.access import requires
from shared.current import current_session
from shared.resources import check_tag

blueprint = Blueprint("changes", __name__, description="Changes of one string and what follows from them.")
Body = dict[str, Any]


@blueprint.route("/string-details", methods=["POST"])
@blueprint.arguments(schemas.NewDetailBody)
@blueprint.response(201, schemas.ChangedDetailSchema)
@blueprint.alt_response(200, schema=RunAnswerSchema, description="A dry run.")
@blueprint.alt_response(202, schema=schemas.ChangedDetailSchema, description="A worker has it.")
@requires("string.edit")
def create_detail(body: Body) -> Any:
    """A detail for a dimension that the string lacks."""
    session = current_session()
    request = changes.new_detail(session, body, _options(body))
    if body["dry_run"]:
        return _dry_run(request)
    result = changes.run(session, request, environment())
    collection = flask.request.path.rstrip("/")

    def read(session: Session) -> tuple[Body, dict[str, str]]:
        row = queries.detail_of(session, body["string"], body["dimension"])
        if row is None:
            return {"id": None, "string": body["string"], "dimension": body["dimension"]}, {}
        return DetailSchema().dump(detail_view(row)), {"ETag": detail_tag(row), "Location": f"{collection}/{row.id}"}

    return answers.changed(result, read, status=201)


@blueprint.route("/string-details/<key:detail_id>", methods=["DELETE"])
@blueprint.arguments(schemas.ChangeQuery, location="query")
@blueprint.response(200, RunAnswerSchema)
@blueprint.alt_response(202, schema=RunAnswerSchema, description="A worker has it.")
@requires("string.edit", on=Detail)
def delete_detail(args: Body, detail_id: int) -> Any:
    """Takes a detail away where the rule does not require it; what was inherited from it stays, and becomes own."""
    look = partial(_seen_detail, detail_id, sent=None)
    request = changes.removal(look(), _options(args), is_bound=is_bound(None))
    if args["dry_run"]:
        return _dry_run(request)
    return answers.changed(_run(request, look), lambda _session: ({}, {}))


@blueprint.route("/string-details/<key:detail_id>/reset", methods=["POST"])
@blueprint.arguments(schemas.ResetBody)
@blueprint.response(200, schemas.ChangedDetailSchema)
@blueprint.alt_response(202, schema=schemas.ChangedDetailSchema, description="A worker has it.")
@requires("string.edit", on=Detail)
def reset_detail(body: Body, detail_id: int) -> Any:
    """Gives up an own value and takes what stands above."""
    sent = body.pop("version", None)
    look = partial(_seen_detail, detail_id, sent=sent)
    request = changes.reset(look(), _options(body), is_bound=is_bound(sent))
    if body["dry_run"]:
        return _dry_run(request)
    return answers.changed(_run(request, look), lambda later: detail_shape(queries.detail(later, detail_id)))


@blueprint.route("/strings/<key:string_id>", methods=["PATCH"])
@blueprint.arguments(schemas.StringChangeBody)
@blueprint.response(200, schemas.ChangedStringSchema)
@blueprint.alt_response(202, schema=schemas.ChangedStringSchema, description="A worker has it.")
@requires("string.edit", on=String)
def change_string(body: Body, string_id: int) -> Any:
    """Another parent, another submission, custom fields."""
    session = current_session()
    sent = body.pop("version", None)
    look = partial(_seen_string, string_id, sent=sent)
    string = look()
    version = string.version if is_bound(sent) else None
    request = changes.string_change(session, string, body, _options(body), version=version)
    if body["dry_run"]:
        return _dry_run(request)
    result = _run(request, look)
    if "submission_id" in body:
        changes.file_under(session, string, body["submission_id"], result)

    def read(later: Session) -> tuple[Body, dict[str, str]]:
        shape, tag = string_shape(queries.string(later, string_id))
        return StringSchema().dump(shape), {"ETag": tag}

    return answers.changed(result, read)


@blueprint.route("/strings/<key:string_id>/propagate", methods=["POST"])
@blueprint.arguments(schemas.PropagateBody)
@blueprint.response(200, schemas.PropagatedSchema)
@blueprint.alt_response(202, schema=schemas.PropagatedSchema, description="A worker has it.")
@requires("string.edit", on=String)
def propagate(body: Body, string_id: int) -> Any:
    """Brings the string up to date and sends its details down, in every mode."""
    look = partial(_seen_string, string_id)
    request = changes.propagation(current_session(), look(), body, _options(body), environment())
    return _run_on(request, look, body)


@blueprint.route("/strings/<key:string_id>/restore", methods=["POST"])
@blueprint.arguments(schemas.RestoreBody)
@blueprint.response(200, schemas.PropagatedSchema)
@blueprint.alt_response(202, schema=schemas.PropagatedSchema, description="A worker has it.")
@requires("string.edit", on=String)
def restore(body: Body, string_id: int) -> Any:
    """Puts the details and custom fields of an earlier version back, and lets what is below follow."""
    look = partial(_seen_string, string_id)
    request = restoration(current_session(), look(), body["version"], _options(body), environment())
    return _run_on(request, look, body)


def _run_on(request: RunRequest, look: Callable[[], String], body: Body) -> Any:
    """Carries out, or rehearses, what an action asks of a string."""
    if body["dry_run"]:
        return _dry_run(request)
    string = look()
    result = _run(changes.bound(request, string) if is_bound(None) else request, look)
    string_id = string.id

    def read(later: Session) -> tuple[Body, dict[str, str]]:
        shape, tag = string_shape(queries.string(later, string_id))
        return {"string": StringSchema().dump(shape)}, {"ETag": tag}

    return answers.changed(result, read)


def _run(request: RunRequest, look: Callable[[], object]) -> Result:
    with overtaken(look):
        return changes.run(current_session(), request, environment())


def _seen_string(string_id: int, *, sent: int | None = None) -> String:
    """As the client saw it; raises VersionConflict."""
    string = queries.string(current_session(), string_id)
    check_tag(string_shape(string)[1], string.version, body_version=sent)
    return string


def _seen_detail(detail_id: int, *, sent: int | None) -> Detail:
    """As the client saw it; raises VersionConflict."""
    row = queries.detail(current_session(), detail_id)
    check_tag(detail_tag(row), row.version, body_version=sent)
    return row


def _options(body: Body) -> Body:
    demand_rules(current_session(), body.get("field_propagation_rules"))
    return options_of(body)


def _dry_run(request: RunRequest) -> Any:
    shown = changes.dry_run(current_session(), request, environment())
    return answers.dry_run(shown)
