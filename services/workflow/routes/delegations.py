"""Delegations: permissions lent to another person for a time."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.workflow.models import Delegation
from services.workflow.operations import delegating
from services.workflow.queries.delegations import seen_by
from services.workflow.schemas import delegations as schemas
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.listing import Listing
from shared.resources import Answer, check_picture, fresh, listed, with_tag

blueprint = Blueprint("delegations", __name__, description="Permissions lent to another person for a time.")

LISTING = Listing(
    key=Delegation.id,
    orderings={"id": Delegation.id, "created_at": Delegation.created_at, "ends_at": Delegation.ends_at},
    default="-created_at",
    filters={name: listing.one_of(getattr(Delegation, name)) for name in ("permission", "delegator", "delegate")},
)


@blueprint.route("/delegations", methods=["GET"])
@blueprint.arguments(schemas.DelegationArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.DelegationSchema))
@requires("machine.view")
def list_delegations(args: dict[str, Any]) -> Any:
    """One's own, given and received; all for who manages the settings."""
    return listed(seen_by(current_session(), current_context()), LISTING, args).as_dict()


@blueprint.route("/delegations", methods=["POST"])
@blueprint.arguments(schemas.DelegationSchema)
@blueprint.response(201, schemas.DelegationSchema)
@requires("machine.view")
def lend_permission(body: dict[str, Any]) -> Any:
    """Lends a permission that one holds oneself; the records of its use name both persons."""
    body.pop("version", None)
    row = delegating.lend(current_session(), body)
    return with_tag(row, 201, Location=f"{flask.request.path.rstrip('/')}/{row.id}")


@blueprint.route("/delegations/<key:delegation_id>", methods=["GET"])
@blueprint.response(200, schemas.DelegationSchema)
@requires("machine.view")
def read_delegation(delegation_id: int) -> Answer:
    return fresh(delegating.find(current_session(), delegation_id))


@blueprint.route("/delegations/<key:delegation_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("machine.view")
def take_back(delegation_id: int) -> None:
    """Ends it at once; for who has lent it, or manages the settings."""
    row = delegating.find(current_session(), delegation_id)
    check_picture(row, None)
    delegating.take_back(current_session(), row)
