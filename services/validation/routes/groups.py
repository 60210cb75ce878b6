"""Groups and organisations, with the roles of characters in them."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.models import Group, GroupMembership
from services.validation.operations import groups
from services.validation.schemas import groups as schemas
from shared import editing, listing
from shared.access import requires
from shared.current import current_session
from shared.listing import ListArgs, Listing
from shared.resources import Answer, Plain, check_version, fresh, listed, register, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("groups", __name__, description="What characters belong to.")

VIEW, MANAGE = "chronicle.view", "chronicle.manage"
GROUPS = Plain(
    "groups",
    Group,
    schemas.GroupSchema,
    schemas.GroupArgs,
    view=VIEW,
    manage=MANAGE,
    filters={"name": Group.name, "chronicle": Group.chronicle_id, "kind": Group.kind},
    orderings={"name": Group.name},
    check=groups.check_group,
)
register(blueprint, GROUPS)

ALL, ONE = "/groups/<key:group_id>/memberships", "/groups/<key:group_id>/memberships/<key:membership_id>"
MEMBERSHIPS = Listing(key=GroupMembership.id, orderings={"id": GroupMembership.id}, default="id")


@blueprint.route(ALL, methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.MembershipSchema))
@requires(VIEW, on=Group)
def list_memberships(args: dict[str, Any], group_id: int) -> Any:
    rows = select(GroupMembership).where(
        GroupMembership.tenant_id == tenant_of(current_session()), GroupMembership.group_id == group_id
    )
    return listed(rows, MEMBERSHIPS, args).as_dict()


@blueprint.route(ALL, methods=["POST"])
@blueprint.arguments(schemas.MembershipSchema)
@blueprint.response(201, schemas.MembershipSchema)
@requires(MANAGE, on=Group)
def create_membership(body: dict[str, Any], group_id: int) -> Any:
    """Not for a character that has left the game."""
    body.pop("version", None)
    row = groups.enter(current_session(), group_id, body)
    return with_tag(row, 201, Location=f"{flask.request.path.rstrip('/')}/{row.id}")


@blueprint.route(ONE, methods=["GET"])
@blueprint.response(200, schemas.MembershipSchema)
@requires(VIEW, on=Group)
def read_membership(group_id: int, membership_id: int) -> Answer:
    return fresh(groups.membership_of(current_session(), group_id, membership_id))


@blueprint.route(ONE, methods=["PATCH"])
@blueprint.arguments(schemas.MembershipChangeSchema)
@blueprint.response(200, schemas.MembershipSchema)
@requires(MANAGE, on=Group)
def change_membership(body: dict[str, Any], group_id: int, membership_id: int) -> Any:
    row = groups.membership_of(current_session(), group_id, membership_id)
    groups.change_role(current_session(), group_id, row, check_version(row, body))
    return with_tag(row)


@blueprint.route(ONE, methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, on=Group)
def delete_membership(group_id: int, membership_id: int) -> None:
    row = groups.membership_of(current_session(), group_id, membership_id)
    check_version(row, {})
    editing.delete(current_session(), row)
