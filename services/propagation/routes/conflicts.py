"""Conflicts between editors: found, explained, resolved."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.propagation.domain.conflicts import ConflictType, Resolution, Strategy, resolve, suggestions
from services.propagation.operations.settings import demand_rules
from services.propagation.operations.strings import conflicts
from services.propagation.routes.details import options_of
from services.propagation.routes.environment import environment
from services.propagation.routes.string_batches import updates_of
from services.propagation.schemas import conflicts as schemas
from shared.access import requires
from shared.current import current_session
from shared.jobs.answers import job_address

blueprint = Blueprint("conflicts", __name__, description="What stands between an edit and the present state.")
Body = dict[str, Any]


@blueprint.route("/strings/conflicts", methods=["POST"])
@blueprint.arguments(schemas.ConflictsBody)
@blueprint.response(200, schemas.ConflictsSchema)
@requires("string.view")
def find_conflicts(body: Body) -> Any:
    """What was changed since it was seen, and all else that stands against the updates; nothing is written."""
    found = conflicts.find(current_session(), updates_of(body["updates"]), environment())
    return {
        "conflicts": [
            {
                "string_id": row.string_id,
                "type": row.type,
                "code": row.code,
                "message": row.message,
                "index": row.place,
                **row.members,
            }
            for row in found
        ]
    }


@blueprint.route("/strings/conflicts/suggest", methods=["POST"])
@blueprint.arguments(schemas.SuggestBody)
@blueprint.response(200, schemas.SuggestionsSchema)
@requires("string.view")
def suggest_strategies(body: Body) -> Any:
    """The ways out of each conflict, with what may be lost on them."""
    return {
        "suggestions": [
            {
                "string_id": conflict["string_id"],
                "type": conflict["type"],
                "strategies": [way._asdict() for way in suggestions(ConflictType(conflict["type"]))],
            }
            for conflict in body["conflicts"]
        ]
    }


@blueprint.route("/strings/conflicts/resolve", methods=["POST"])
@blueprint.arguments(schemas.ResolveBody)
@blueprint.response(200, schemas.ResolutionsSchema)
@blueprint.alt_response(202, schema=schemas.ResolutionsSchema, description="A worker stores it.")
@blueprint.alt_response(207, schema=schemas.ResolutionsSchema, description="Some were stored.")
@blueprint.alt_response(409, schema=schemas.ResolutionsSchema, description="None was stored.")
@requires("string.view")
def resolve_conflicts(body: Body) -> Any:
    """What comes of each conflict; with `apply` the values agreed on are stored on the present versions, as one run."""
    session, options = current_session(), body["options"]
    resolutions = [_resolved(conflict, body) for conflict in body["conflicts"]]
    demand_rules(session, options.get("field_propagation_rules"), pointer="/options")
    applied = conflicts.apply(session, resolutions, options_of(options), environment()) if body["apply"] else None
    if applied is None:
        return flask.jsonify(_answer(resolutions, applied=False))
    answer = _answer(applied.resolutions, applied=applied.status != 409) | {
        "job_id": applied.answer["job_id"],
        "total_affected": applied.answer["total_affected"],
    }
    if applied.status == 409:
        answer["code"] = "nothing_applied"
    headers = {"Location": job_address(applied.result.job)} if applied.result.job is not None else {}
    return flask.jsonify(answer), applied.status, headers


def _resolved(conflict: Body, body: Body) -> Resolution:
    return resolve(
        conflict["string_id"],
        Strategy(conflict.get("strategy") or body["strategies"].get(conflict["type"], Strategy.SKIP)),
        mine=conflict.get("mine"),
        merged=conflict.get("merged_values"),
        applies=body["apply"],
    )


def _answer(resolutions: list[Resolution], *, applied: bool) -> Body:
    shown = [schemas.resolution_view(resolution) for resolution in resolutions]
    return {"resolutions": shown, "applied": applied, "job_id": None, "total_affected": 0}
