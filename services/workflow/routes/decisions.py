"""Decisions about work orders: their permit, and the verification of what was done."""

from typing import Any

import marshmallow as ma

from services.workflow.operations.asking import ask_of
from services.workflow.operations.entities import find
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move_one
from services.workflow.operations.work_orders.entity import WORK_ORDERS
from services.workflow.operations.work_orders.lifecycle import PERMIT
from services.workflow.operations.work_orders.verification import verify
from services.workflow.routes.access import sees
from services.workflow.routes.items import answer, demand_agreement
from services.workflow.schemas.transitions import VerbSchema
from services.workflow.schemas.work_orders import VerifySchema
from shared.current import current_session
from shared.resources import check_picture, tag_of

ADDRESS = "/work-orders/<key:item_id>"
PERMIT_VERBS = ("approve", "reject", "resubmit")


def register(blueprint: Any, result_schema: type[ma.Schema]) -> None:
    """Adds the routes to the blueprint of work orders."""
    for verb in PERMIT_VERBS:
        _add_permit(blueprint, result_schema, verb)

    @blueprint.route(f"{ADDRESS}/verify", methods=["POST"])
    @blueprint.arguments(VerifySchema)
    @blueprint.response(200, result_schema)
    @sees(WORK_ORDERS, "workorder.verify")
    def verify_work(body: dict[str, Any], item_id: int) -> Any:
        """Closes the order or sends it back, as a listed verifier decides. The first decision counts."""
        session = current_session()
        wanted = Wanted(item_id, picture=lambda row: check_picture(row, body.get("version")))
        result = verify(session, wanted, decision=body["decision"].upper(), comments=body["comments"] or "")
        row = find(session, WORK_ORDERS, item_id)
        return result.as_dict() | {"entity": row}, 200, {"ETag": tag_of(row)}


def _add_permit(blueprint: Any, result_schema: type[ma.Schema], verb: str) -> None:
    target = PERMIT.newest.verbs[verb]

    @blueprint.route(f"{ADDRESS}/permit/{verb}", methods=["POST"], endpoint=f"permit_{verb}")
    @blueprint.arguments(VerbSchema)
    @blueprint.response(200, result_schema)
    @blueprint.doc(summary=f"Moves the permit to {target}.")
    @sees(WORK_ORDERS)
    def decide_permit(body: dict[str, Any], item_id: int) -> Any:
        demand_agreement(body, target)
        wanted = Wanted(item_id, picture=lambda row: check_picture(row, body.get("version")))
        return answer(move_one(current_session(), PERMIT, wanted, target, ask_of(current_session(), body)))
