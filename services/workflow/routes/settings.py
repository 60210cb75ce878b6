"""The tenant's settings and the flags of the service."""

from typing import Any, cast

from flask_smorest import Blueprint

from services.workflow.config import Settings
from services.workflow.operations.entry import own_tenant
from services.workflow.schemas.settings import FeaturesSchema, SettingsSchema
from shared import editing
from shared.access import requires
from shared.current import current_session, runtime
from shared.resources import check_version, fresh, with_tag

blueprint = Blueprint("settings", __name__, description="How this tenant works, and what the service has switched on.")


@blueprint.route("/settings", methods=["GET"])
@blueprint.response(200, SettingsSchema)
@requires("machine.view")
def read_settings() -> Any:
    return fresh(own_tenant(current_session()))


@blueprint.route("/settings", methods=["PATCH"])
@blueprint.arguments(SettingsSchema)
@blueprint.response(200, SettingsSchema)
@requires("settings.manage")
def change_settings(body: dict[str, Any]) -> Any:
    tenant = own_tenant(current_session())
    editing.change(current_session(), tenant, check_version(tenant, body))
    return with_tag(tenant)


@blueprint.route("/features", methods=["GET"])
@blueprint.response(200, FeaturesSchema)
@requires("machine.view")
def read_features() -> Any:
    return cast(Settings, runtime().settings).features()
