"""Searches kept under a name, and the messages about what is new in them."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import or_, select

from services.workflow.models import SavedSearch, SearchAlert
from services.workflow.operations.search import saving
from services.workflow.routes.search_answers import escaped
from services.workflow.routes.search_quotas import count_quota
from services.workflow.schemas.fields import Body
from services.workflow.schemas.saved_searches import SavedSearchArgs, SavedSearchSchema, SearchAlertSchema
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.listing import ListArgs, Listing
from shared.resources import check_version, fresh, listed, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("saved-searches", __name__, description="Searches under a name, with alerts.")
blueprint.after_request(escaped)
blueprint.after_request(count_quota)

SAVED = Listing(
    key=SavedSearch.id,
    orderings={"id": SavedSearch.id, "created_at": SavedSearch.created_at, "name": SavedSearch.name},
    default="-created_at",
)
ALERTS = Listing(key=SearchAlert.id, orderings={"id": SearchAlert.id}, default="-id")


@blueprint.route("/saved-searches", methods=["GET"])
@blueprint.arguments(SavedSearchArgs, location="query")
@blueprint.response(200, listing.envelope(SavedSearchSchema))
@requires("search.use")
def list_saved_searches(args: dict[str, Any]) -> Any:
    """The caller's own, newest first; with `include=public` those that others share, too."""
    mine = SavedSearch.created_by == current_context().actor
    seen = or_(mine, SavedSearch.is_public) if args["include"] else mine
    rows = select(SavedSearch).where(SavedSearch.tenant_id == tenant_of(current_session()), seen)
    return listed(rows, SAVED, args).as_dict()


@blueprint.route("/saved-searches", methods=["POST"])
@blueprint.arguments(SavedSearchSchema)
@blueprint.response(201, SavedSearchSchema)
@requires("search.save")
def create_saved_search(body: dict[str, Any]) -> Any:
    body.pop("version", None)
    saved = saving.save(current_session(), body)
    return with_tag(saved, 201, Location=f"{flask.request.path.rstrip('/')}/{saved.id}")


@blueprint.route("/saved-searches/<key:saved_id>", methods=["GET"])
@blueprint.response(200, SavedSearchSchema)
@requires("search.use")
def read_saved_search(saved_id: int) -> Any:
    return fresh(saving.find(current_session(), saved_id))


@blueprint.route("/saved-searches/<key:saved_id>", methods=["PATCH"])
@blueprint.arguments(SavedSearchSchema(partial=True))
@blueprint.response(200, SavedSearchSchema)
@requires("search.save")
def change_saved_search(body: dict[str, Any], saved_id: int) -> Any:
    saved = saving.find(current_session(), saved_id, own=True)
    saving.change(current_session(), saved, check_version(saved, body))
    return with_tag(saved)


@blueprint.route("/saved-searches/<key:saved_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("search.save")
def delete_saved_search(saved_id: int) -> Any:
    saved = saving.find(current_session(), saved_id, own=True)
    check_version(saved, {})
    saving.remove(current_session(), saved)


@blueprint.route("/saved-searches/<key:saved_id>/alerts", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, listing.envelope(SearchAlertSchema))
@requires("search.use")
def list_alerts(args: dict[str, Any], saved_id: int) -> Any:
    """The messages about what was new, newest first; each item is in one of them only."""
    saved = saving.find(current_session(), saved_id, own=True)
    rows = select(SearchAlert).where(SearchAlert.tenant_id == saved.tenant_id, SearchAlert.saved_search_id == saved.id)
    found = listed(rows, ALERTS, args).as_dict()
    mute = f"/api/workflow/v1/saved-searches/{saved.id}/mute"
    shown = ("id", "saved_search_id", "items", "created_at")
    return found | {
        "results": [{name: getattr(row, name) for name in shown} | {"mute": mute} for row in found["results"]]
    }


@blueprint.route("/saved-searches/<key:saved_id>/mute", methods=["POST"])
@blueprint.arguments(Body)
@blueprint.response(200, SavedSearchSchema)
@requires("search.save")
def mute_saved_search(_body: dict[str, Any], saved_id: int) -> Any:
    """No more messages of this search."""
    saved = saving.find(current_session(), saved_id, own=True)
    saving.change(current_session(), saved, {"alert_enabled": False})
    return with_tag(saved)
