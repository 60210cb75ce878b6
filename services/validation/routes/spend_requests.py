"""Requests to raise traits: listed, corrected, decided, taken back. They are filed through the character."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.errors import InvalidRequest
from services.validation.models import Character, XpSpendRequest
from services.validation.operations.ledger import deciding
from services.validation.queries.seeing import sees
from services.validation.schemas import ledger as schemas
from services.validation.schemas.fields import ViewArgs
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.listing import Listing
from shared.resources import check_picture, fresh, listed, tag_of, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("spend-requests", __name__, url_prefix="/spend-requests", description="Points that wait.")

VIEW = "character.view"
LISTING = Listing(
    key=XpSpendRequest.id,
    orderings={"id": XpSpendRequest.id, "created_at": XpSpendRequest.created_at, "cost": XpSpendRequest.cost},
    default="-id",
    filters={
        "state": listing.one_of(XpSpendRequest.state),
        "character": listing.one_of(XpSpendRequest.character_id),
        "chronicle": listing.one_of(Character.chronicle_id),
        "trait": listing.one_of(XpSpendRequest.trait),
        "created_after": listing.since(XpSpendRequest.created_at),
    },
)


def visible() -> Any:
    """Requests of the characters that the caller sees."""
    session = current_session()
    whose = (Character.tenant_id == XpSpendRequest.tenant_id) & (Character.id == XpSpendRequest.character_id)
    return (
        select(XpSpendRequest)
        .join(Character, whose)
        .where(XpSpendRequest.tenant_id == tenant_of(session), sees(session, current_context()))
    )


@blueprint.route("")
@blueprint.arguments(schemas.SpendRequestArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.SpendRequestSchema))
@requires(VIEW)
def list_requests(args: dict[str, Any]) -> Any:
    """The last request first."""
    return listed(visible(), LISTING, args).as_dict()


@blueprint.route("/<key:request_id>")
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.SpendRequestSchema)
@requires(VIEW)
def read_request(_args: dict[str, Any], request_id: int) -> Any:
    found = current_session().scalars(visible().where(XpSpendRequest.id == request_id)).one_or_none()
    if found is None:
        raise InvalidRequest
    return fresh(found)


@blueprint.route("/<key:request_id>", methods=["PATCH"])
@blueprint.arguments(schemas.SpendRequestSchema(partial=True))
@blueprint.response(200, schemas.SpendRequestSchema)
@requires(VIEW)
def correct(body: dict[str, Any], request_id: int) -> Any:
    """Turns a request that waits to another target of the same cost; by who decides about the character."""
    check = _picture(body.pop("version", None))
    target = {"trait": body.get("trait"), "trait_value": body.get("trait_value")}
    return with_tag(deciding.correct(current_session(), request_id, check=check, **target).request)


@blueprint.route("/<key:request_id>/approve", methods=["POST"])
@blueprint.arguments(schemas.DecisionSchema)
@blueprint.response(200, schemas.SpentSchema)
@requires(VIEW)
def approve(body: dict[str, Any], request_id: int) -> Any:
    """Spends the reserved points and raises the trait, both or neither."""
    check = _picture(body.pop("version"))
    return _decided(deciding.approve(current_session(), request_id, check=check, **_confirmed(body)))


@blueprint.route("/<key:request_id>/deny", methods=["POST"])
@blueprint.arguments(schemas.DecisionSchema)
@blueprint.response(200, schemas.SpentSchema)
@requires(VIEW)
def deny(body: dict[str, Any], request_id: int) -> Any:
    """Gives the reserved points back; the trait stays as it is."""
    check = _picture(body.pop("version"))
    return _decided(deciding.deny(current_session(), request_id, check=check, **_confirmed(body)))


@blueprint.route("/<key:request_id>/reverse", methods=["POST"])
@blueprint.arguments(schemas.ReversalSchema)
@blueprint.response(200, schemas.SpentSchema)
@requires(VIEW)
def reverse(body: dict[str, Any], request_id: int) -> Any:
    """Takes an approved request back, once: the trait as before, the points available again."""
    check = _picture(body.pop("version"))
    return _decided(deciding.reverse(current_session(), request_id, check=check, **body))


def _confirmed(body: dict[str, Any]) -> dict[str, Any]:
    return {"reason": body["reason"], "character_id": body["character"], "expected_value": body["expected_value"]}


def _picture(version: int | None) -> deciding.Check:
    return lambda request: check_picture(request, version)


def _decided(decision: deciding.Decision) -> Any:
    return decision, 200, {"ETag": tag_of(decision.request)}
