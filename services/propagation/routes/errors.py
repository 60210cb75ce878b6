"""What went wrong in runs, until somebody resolves it."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from services.propagation.models import RunError
from services.propagation.operations import errors
from services.propagation.operations.runs import retrying
from services.propagation.queries.errors import with_string
from services.propagation.routes.environment import environment
from services.propagation.schemas.errors import ErrorArgs, ErrorSchema, ResolvedSchema, RetriedSchema
from services.propagation.schemas.fields import Body
from services.propagation.schemas.runs import RunSchema
from shared import listing, versioning
from shared.access import load, requires
from shared.current import current_session
from shared.jobs.answers import accepted
from shared.listing import Listing
from shared.resources import listed, tag

blueprint = Blueprint("errors", __name__, description="What went wrong in runs.")
LISTING = Listing(
    key=RunError.id,
    orderings={"id": RunError.id, "created_at": RunError.created_at},
    default="-created_at",
    filters={
        "error_type": listing.one_of(RunError.error_type),
        "resolved": listing.one_of(RunError.resolved),
        "is_retryable": listing.one_of(RunError.is_retryable),
        "job": listing.one_of(RunError.job_id),
        "string": listing.one_of(RunError.string_id),
    },
)


@blueprint.route("/errors", methods=["GET"])
@blueprint.arguments(ErrorArgs, location="query")
@blueprint.response(200, listing.envelope(ErrorSchema))
@requires("job.view")
def list_errors(args: dict[str, Any]) -> Any:
    found = listed(with_string(current_session()), LISTING, args).as_dict()
    return found | {"results": [shown(error, value) for error, value in found["results"]]}


@blueprint.route("/errors/<key:error_id>", methods=["GET"])
@blueprint.response(200, ErrorSchema)
@requires("job.view", on=RunError)
def read_error(error_id: int) -> ResponseReturnValue | Any:
    error, tag = _one(error_id)
    if versioning.is_not_modified(flask.request.headers.get("If-None-Match"), tag):
        return flask.Response(status=304, headers={"ETag": tag})
    return error, 200, {"ETag": tag}


@blueprint.route("/errors/<key:error_id>/mark_resolved", methods=["POST"])
@blueprint.arguments(Body)
@blueprint.response(200, ResolvedSchema)
@requires("run.manage", on=RunError)
def mark_resolved(_body: dict[str, Any], error_id: int) -> Any:
    errors.mark_resolved(current_session(), load(current_session(), RunError, error_id))
    error, tag = _one(error_id)
    return {"message": "The error is resolved.", "error": error}, 200, {"ETag": tag}


@blueprint.route("/errors/<key:error_id>/retry", methods=["POST"])
@blueprint.arguments(Body)
@blueprint.response(200, RetriedSchema)
@requires("run.manage", on=RunError)
def retry(_body: dict[str, Any], error_id: int) -> Any:
    """Runs what failed again; 202 where a worker does it."""
    session = current_session()
    retried = retrying.retry(session, load(session, RunError, error_id), environment())
    error, tag = _one(error_id)
    answer = {
        "message": retried.message,
        "retry_count": error["retry_count"],
        "resolved": error["resolved"],
        "job_id": retrying.job_of(retried),
        "error": error,
    }
    headers = {"ETag": tag}
    if retried.result is None or not retried.result.is_pending:
        return answer, 200, headers
    assert retried.result.job is not None  # pending
    accepted_as = accepted(retried.result.job, RunSchema)
    return answer, accepted_as[1], headers | accepted_as[2]


def shown(error: RunError, string_value: str | None) -> dict[str, Any]:
    columns = {column.key: getattr(error, column.key) for column in RunError.__mapper__.column_attrs}
    return columns | {"string_value": string_value}


def _one(error_id: int) -> tuple[dict[str, Any], str]:
    session = current_session()
    error, value = session.execute(with_string(session).where(RunError.id == error_id)).one()
    parts = (error.updated_at, error.string_id, value)
    return shown(error, value), tag(error.retry_count, parts=parts)
