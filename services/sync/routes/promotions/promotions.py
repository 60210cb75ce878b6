"""Promotions: kept by head office, compiled for stores, used at tills."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import or_, select

from services.sync.models import Promotion, PromotionUsage
from services.sync.operations.promotions import writing
from services.sync.queries.promotion_parts import Parts, parts_of
from services.sync.queries.selection import for_brand, for_store
from services.sync.schemas.promotions.fields import KeptArgs
from services.sync.schemas.promotions.promotions import PromotionArgs, PromotionSchema, UsageSchema
from shared import editing, listing
from shared.access import load, requires
from shared.current import current_session
from shared.listing import Listing, one_of
from shared.resources import Answer, check_version, fresh, listed, tag_of
from shared.tenancy import tenant_of

blueprint = Blueprint("promotions", __name__, description="What head office offers.")
LISTING = Listing(
    key=Promotion.id,
    orderings={
        name: getattr(Promotion, name)
        for name in ("id", "code", "name", "start_date", "end_date", "execution_priority", "created_at", "updated_at")
    },
    default="execution_priority,name",
    filters={
        "promo_type": one_of(Promotion.promo_type),
        "is_active": one_of(Promotion.is_active),
        "brand": for_brand,
        "store": for_store,
        "valid_on": lambda day: (Promotion.start_date <= day) & (Promotion.end_date >= day),
        "starts_after": lambda day: Promotion.start_date > day,
        "ends_before": lambda day: Promotion.end_date < day,
        "q": lambda text: or_(
            Promotion.code.icontains(text, autoescape=True), Promotion.name.icontains(text, autoescape=True)
        ),
    },
)
USAGES = Listing(key=PromotionUsage.id, orderings={"id": PromotionUsage.id}, default="-id")


@blueprint.route("/promotions", methods=["GET"])
@blueprint.arguments(PromotionArgs, location="query")
@blueprint.response(200, listing.envelope(PromotionSchema))
@requires("promotion.view")
def list_promotions(args: dict[str, Any]) -> Any:
    session = current_session()
    living = select(Promotion).where(Promotion.tenant_id == tenant_of(session), Promotion.deleted_at.is_(None))
    found = listed(living, LISTING, args).as_dict()
    parts = parts_of(session, [row.id for row in found["results"]])
    return found | {"results": [_shown(row, parts[row.id]) for row in found["results"]]}


@blueprint.route("/promotions", methods=["POST"])
@blueprint.arguments(PromotionSchema)
@blueprint.response(201, PromotionSchema)
@requires("promotion.manage")
def create_promotion(body: dict[str, Any]) -> Any:
    body.pop("version", None)
    row, parts = writing.create(current_session(), body)
    place = f"{flask.request.path.rstrip('/')}/{row.id}"
    return _shown(row, parts), 201, {"ETag": tag_of(row), "Location": place}


@blueprint.route("/promotions/<id:row_id>", methods=["GET"])
@blueprint.response(200, PromotionSchema)
@requires("promotion.view", on=Promotion)
def read_promotion(row_id: Any) -> Answer:
    row = load(current_session(), Promotion, row_id)
    return fresh(_shown(row, parts_of(current_session(), [row.id])[row.id]), tag_of(row))


@blueprint.route("/promotions/<id:row_id>", methods=["PATCH"])
@blueprint.arguments(PromotionSchema(partial=True))
@blueprint.response(200, PromotionSchema)
@requires("promotion.manage", on=Promotion)
def change_promotion(body: dict[str, Any], row_id: Any) -> Any:
    row = editing.locked(current_session(), Promotion, row_id)
    parts = writing.change(current_session(), row, check_version(row, body))
    return _shown(row, parts), 200, {"ETag": tag_of(row)}


@blueprint.route("/promotions/<id:row_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("promotion.manage", on=Promotion)
def delete_promotion(row_id: Any) -> None:
    row = editing.locked(current_session(), Promotion, row_id)
    check_version(row, {})
    writing.delete(current_session(), row)


@blueprint.route("/promotions/<id:row_id>/usages", methods=["GET"])
@blueprint.arguments(KeptArgs, location="query")
@blueprint.response(200, listing.envelope(UsageSchema))
@requires("promotion.view", on=Promotion)
def list_usages(args: dict[str, Any], row_id: Any) -> Any:
    uses = select(PromotionUsage).where(PromotionUsage.promotion_id == row_id)
    return listed(uses, USAGES, args).as_dict()


def _shown(row: Promotion, parts: Parts) -> dict[str, Any]:
    missing = [fault._asdict() for fault in writing.warnings_of(row, parts)]
    return writing.whole_of(row, parts) | {"warnings": missing}
