"""Limit profiles: policy, not repair."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.validation.models import LimitProfile
from services.validation.operations import limits
from services.validation.schemas import limits as schemas
from shared import editing
from shared.access import requires
from shared.current import current_session
from shared.resources import Plain, check_version, register, with_tag

blueprint = Blueprint("limits", __name__, description="Legal exceptions from the usual limits.")

MANAGE = "policy.manage"
PROFILES = Plain(
    "limit-profiles",
    LimitProfile,
    schemas.LimitProfileSchema,
    schemas.LimitProfileArgs,
    view="character.view",
    manage=MANAGE,
    filters={
        "chronicle": LimitProfile.chronicle_id,
        "gameline": LimitProfile.gameline_id,
        "character_type": LimitProfile.character_type,
    },
    writes=frozenset(),
)
register(blueprint, PROFILES)


@blueprint.route("/limit-profiles", methods=["POST"])
@blueprint.arguments(schemas.LimitProfileSchema)
@blueprint.response(201, schemas.LimitProfileSchema)
@requires(MANAGE)
def create_profile(body: dict[str, Any]) -> Any:
    """Holds at once for the characters that it is for; refused where their values would be out of range."""
    body.pop("version", None)
    profile = limits.create(current_session(), body)
    return with_tag(profile, 201, Location=f"{flask.request.path.rstrip('/')}/{profile.id}")


@blueprint.route("/limit-profiles/<key:row_id>", methods=["PATCH"])
@blueprint.arguments(schemas.LimitProfileSchema(partial=True))
@blueprint.response(200, schemas.LimitProfileSchema)
@requires(MANAGE, on=LimitProfile)
def change_profile(body: dict[str, Any], row_id: int) -> Any:
    profile = editing.locked(current_session(), LimitProfile, row_id)
    limits.change(current_session(), profile, check_version(profile, body))
    return with_tag(profile)


@blueprint.route("/limit-profiles/<key:row_id>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, on=LimitProfile)
def delete_profile(row_id: int) -> None:
    """Its characters have the limits of the next profile that matches, or the usual ones."""
    profile = editing.locked(current_session(), LimitProfile, row_id)
    check_version(profile, {})
    limits.delete(current_session(), profile)
