"""Experience of one character: what it costs, spends, grants, balance, entries."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.domain.ledger.tariffs import Article, Offer
from services.validation.models import Character, XpSpendRequest, XpTransfer
from services.validation.operations.ledger import granting, spending
from services.validation.operations.ledger.booking import balance_of
from services.validation.operations.standing import Standing, demand_decider
from services.validation.routes.entries import LISTING as TRANSFERS
from services.validation.routes.seeing import seen
from services.validation.routes.spend_requests import LISTING as REQUESTS
from services.validation.schemas import ledger as schemas
from services.validation.schemas.fields import ViewArgs
from shared import listing
from shared.current import current_context, current_session
from shared.resources import listed, with_tag

blueprint = Blueprint("ledger", __name__, description="Experience points of a character, traced entry by entry.")
GRANT = "xp.grant"


def offered(article: Article, offer: Offer) -> dict[str, Any]:
    return {
        "trait": article.code,
        "trait_name": article.label,
        "trait_type": article.kind,
        "current": article.current,
        "new_value": offer.new_value,
        "cost": offer.cost,
    }


@blueprint.route("/characters/<key:character_id>/quote")
@blueprint.arguments(schemas.QuoteArgs, location="query")
@blueprint.response(200, schemas.QuoteSchema)
@seen("character.view")
def quote(args: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """What the next rating of a trait costs; stores nothing."""
    found = spending.quote(current_session(), character, args["trait"], args["trait_value"])
    left = {"xp": found.xp, "xp_after": found.xp_after, "affordable": found.affordable}
    return offered(found.article, found.offer) | left


@blueprint.route("/characters/<key:character_id>/spend-options")
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.OptionsSchema)
@seen("character.view")
def spend_options(_args: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """What can be bought now: below its cap, affordable, and not asked for already."""
    found = spending.options(current_session(), character)
    return {"xp": character.xp, "results": [offered(*option) for option in found]}


@blueprint.route("/characters/<key:character_id>/spend", methods=["POST"])
@blueprint.arguments(schemas.SpendSchema)
@blueprint.response(201, schemas.SpentSchema)
@seen("xp.spend", lock=True)
def spend(body: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """Reserves the points; the trait changes when the request is approved. Only the owner spends."""
    filed = spending.spend(current_session(), character, **body)
    _, status, headers = with_tag(filed.request, 201, Location=_beside("spend-requests", filed.request.id))
    return filed, status, headers


@blueprint.route("/characters/<key:character_id>/grant", methods=["POST"])
@blueprint.arguments(schemas.GrantSchema)
@blueprint.response(201, schemas.GrantedSchema)
@seen("character.view", lock=True)
def grant(body: dict[str, Any], character: Character, how: Standing) -> Any:
    """Gives points beside all play, with a reason; never to an own character."""
    demand_decider(character, how, granting=GRANT in current_context().permissions)
    return _granted(granting.grant(current_session(), character, **body))


@blueprint.route("/characters/<key:character_id>/withdraw", methods=["POST"])
@blueprint.arguments(schemas.GrantSchema)
@blueprint.response(201, schemas.GrantedSchema)
@seen("character.view", lock=True)
def withdraw(body: dict[str, Any], character: Character, how: Standing) -> Any:
    """Takes back what was granted by mistake, never more than is available."""
    demand_decider(character, how, granting=GRANT in current_context().permissions)
    return _granted(granting.withdraw(current_session(), character, **body))


@blueprint.route("/characters/<key:character_id>/balance")
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.BalanceSchema)
@seen("character.view")
def balance(_args: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """What the character holds in each account, and the sum of what it has earned."""
    return balance_of(character)


@blueprint.route("/characters/<key:character_id>/ledger")
@blueprint.arguments(schemas.OwnTransferArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.TransferSchema))
@seen("character.view")
def ledger(args: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """The entries of the character, the last one first."""
    own = (XpTransfer.tenant_id == character.tenant_id, XpTransfer.character_id == character.id)
    return listed(select(XpTransfer).where(*own), TRANSFERS, args).as_dict()


@blueprint.route("/characters/<key:character_id>/spend-requests")
@blueprint.arguments(schemas.OwnSpendRequestArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.SpendRequestSchema))
@seen("character.view")
def spend_requests(args: dict[str, Any], character: Character, how: Standing) -> Any:  # noqa: ARG001
    """What the character has asked for, the last request first."""
    own = (XpSpendRequest.tenant_id == character.tenant_id, XpSpendRequest.character_id == character.id)
    return listed(select(XpSpendRequest).where(*own), REQUESTS, args).as_dict()


def _granted(granted: granting.Granted) -> Any:
    return granted, 201, {"Location": _beside("xp-transfers", granted.transfer.id)}


def _beside(collection: str, row_id: int) -> str:
    """Address of a row of another collection of this service."""
    return f"{flask.request.path.split('/characters/')[0]}/{collection}/{row_id}"
