"""The caller's own settings, the workspace's, and what counts in the end."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.propagation.config import Settings
from services.propagation.models import UserSettings, Workspace
from services.propagation.operations import settings
from services.propagation.operations.entry import standing_of
from services.propagation.schemas.settings import CurrentSettingsSchema, LayerSchema, SettingsSchema
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session, runtime
from shared.listing import ListArgs, Listing
from shared.resources import Answer, check_tag, check_version, fresh, listed, tag_of
from shared.resources import tag as tag_at
from shared.tenancy import tenant_of

blueprint = Blueprint("settings", __name__, description="How runs behave, by service, workspace and person.")
LISTING = Listing(key=UserSettings.id, orderings={"id": UserSettings.id}, default="id")


@blueprint.route("/settings", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, listing.envelope(SettingsSchema))
@requires("string.view")
def list_settings(args: dict[str, Any]) -> Any:
    session = current_session()
    own = select(UserSettings).where(
        UserSettings.tenant_id == tenant_of(session), UserSettings.user_id == current_context().actor
    )
    found = listed(own, LISTING, args).as_dict()
    return found | {"results": [_shown(row) for row in found["results"]]}


@blueprint.route("/settings", methods=["POST"])
@blueprint.arguments(SettingsSchema)
@blueprint.response(201, SettingsSchema)
@requires("run.manage")
def create_settings(body: dict[str, Any]) -> Any:
    row = settings.create(current_session(), body["settings"])
    return _shown(row), 201, {"ETag": tag_of(row), "Location": f"{flask.request.path.rstrip('/')}/{row.id}"}


@blueprint.route("/settings/<key:row_id>", methods=["GET"])
@blueprint.response(200, SettingsSchema)
@requires("string.view", on=UserSettings)
def read_settings(row_id: int) -> Answer:
    row = settings.demand_own(current_session(), row_id)
    return fresh(_shown(row), tag_of(row))


@blueprint.route("/settings/<key:row_id>", methods=["PATCH"])
@blueprint.arguments(SettingsSchema)
@blueprint.response(200, SettingsSchema)
@requires("run.manage", on=UserSettings)
def change_settings(body: dict[str, Any], row_id: int) -> Any:
    row = settings.demand_own(current_session(), row_id)
    settings.merge(current_session(), row, check_version(row, body)["settings"])
    return _shown(row), 200, {"ETag": tag_of(row)}


@blueprint.route("/settings/<key:row_id>", methods=["PUT"])
@blueprint.arguments(SettingsSchema)
@blueprint.response(200, SettingsSchema)
@requires("run.manage", on=UserSettings)
def replace_settings(body: dict[str, Any], row_id: int) -> Any:
    row = settings.demand_own(current_session(), row_id)
    settings.replace(current_session(), row, check_version(row, body)["settings"])
    return _shown(row), 200, {"ETag": tag_of(row)}


@blueprint.route("/settings/<key:row_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("run.manage", on=UserSettings)
def delete_settings(row_id: int) -> None:
    row = settings.demand_own(current_session(), row_id)
    check_version(row, {})
    settings.delete(current_session(), row)


@blueprint.route("/settings/current", methods=["GET"])
@blueprint.response(200, CurrentSettingsSchema)
@requires("string.view")
def read_current() -> Answer:
    return fresh(*_current(settings.own_row(current_session())))


@blueprint.route("/settings/current", methods=["PUT"])
@blueprint.arguments(CurrentSettingsSchema)
@blueprint.response(200, CurrentSettingsSchema)
@requires("run.manage")
def put_current(body: dict[str, Any]) -> Any:
    row = settings.own_row(current_session())
    _shape, tag = _current(row)
    version = row.version if row else 0
    check_tag(tag, version, body_version=body.get("version"))
    shape, tag = _current(settings.put_own(current_session(), body["settings"]))
    return shape, 200, {"ETag": tag}


@blueprint.route("/settings/workspace", methods=["GET"])
@blueprint.response(200, LayerSchema)
@requires("string.view")
def read_workspace_settings() -> Answer:
    workspace = _workspace()
    return fresh(_layer(workspace), tag_of(workspace))


@blueprint.route("/settings/workspace", methods=["PATCH"])
@blueprint.arguments(LayerSchema)
@blueprint.response(200, LayerSchema)
@requires("settings.manage")
def change_workspace_settings(body: dict[str, Any]) -> Any:
    workspace = _workspace()
    settings.merge_workspace(current_session(), workspace, check_version(workspace, body)["settings"])
    return _layer(workspace), 200, {"ETag": tag_of(workspace)}


def _workspace() -> Workspace:
    return current_session().get_one(Workspace, tenant_of(current_session()))


def _layer(row: UserSettings | Workspace | None) -> dict[str, Any]:
    session = current_session()
    return {
        "workspace": tenant_of(session),
        "workspace_name": standing_of(session).name,
        "settings": row.settings if row else {},
        "version": row.version if row else None,
        "created": row.created_at if row else None,
        "last_updated": row.updated_at if row else None,
    }


def _shown(row: UserSettings | None) -> dict[str, Any]:
    context = current_context()
    user_name = row.user_name if row else context.actor_name
    return _layer(row) | {"id": row.id if row else None, "user": context.actor, "user_name": user_name}


def _current(row: UserSettings | None) -> tuple[dict[str, Any], str]:
    """The caller's row with what counts, and a tag that changes with every layer."""
    service: Settings = runtime().settings  # type: ignore[assignment]  # this service's web process runs on its own
    workspace = standing_of(current_session()).settings
    effective = settings.layered(service.service_layer(), workspace, row.settings if row else None).shown()
    parts = (current_context().actor, flask.json.dumps(effective))
    return _shown(row) | {"effective": effective}, tag_at(row.version if row else 0, parts=parts)
