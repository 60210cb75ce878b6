"""Approvals: asked for by services, decided by people, told back to who asked."""

from typing import Any

from flask_smorest import Blueprint

from services.workflow.domain.machines.asking import Ask
from services.workflow.models import Approval
from services.workflow.operations.approvals.entity import APPROVALS
from services.workflow.operations.approvals.lifecycle import APPROVAL
from services.workflow.operations.asking import ask_of
from services.workflow.operations.entities import find, is_ended
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move_one
from services.workflow.queries.approvals import waits_for
from services.workflow.routes import bulk, items
from services.workflow.routes.access import sees
from services.workflow.schemas import approvals as schemas
from shared import listing
from shared.current import current_context, current_session
from shared.errors import NotFound
from shared.resources import check_picture, with_tag

blueprint = Blueprint("approvals", __name__, description="Decisions that services ask people for.")

RESOURCE = items.Items(
    entity=APPROVALS,
    schema=schemas.ApprovalSchema,
    args=schemas.ApprovalArgs,
    filters={
        "kind": listing.one_of(Approval.kind),
        "requester": listing.one_of(Approval.requester),
        "external_ref": listing.one_of(Approval.external_ref),
        "mine": lambda wanted: waits_for(current_context()) if wanted else ~waits_for(current_context()),
    },
    orderings={"expires_at": listing.coalesced(Approval.expires_at, items.NEVER)},
    creating="approval.request",
)
items.register(blueprint, RESOURCE)
bulk.register_decisions(blueprint, RESOURCE)


def _wanted(body: dict[str, Any], item_id: int) -> Wanted:
    return Wanted(item_id, picture=lambda row: check_picture(row, body.get("version")))


def _ask(body: dict[str, Any]) -> Ask:
    option = body.get("option")
    return ask_of(current_session(), body | ({"metadata": {"option": option}} if option else {}))


@blueprint.route("/approvals/<key:item_id>/approve", methods=["POST"])
@blueprint.arguments(schemas.DecideSchema)
@blueprint.response(200, RESOURCE.result_schema)
@sees(APPROVALS)
def approve_it(body: dict[str, Any], item_id: int) -> Any:
    """Decides for it, or votes where several votes are needed: then `to_state` is still PENDING."""
    return items.answer(move_one(current_session(), APPROVAL, _wanted(body, item_id), "APPROVED", _ask(body)))


@blueprint.route("/approvals/<key:item_id>/reject", methods=["POST"])
@blueprint.arguments(schemas.DecideSchema)
@blueprint.response(200, RESOURCE.result_schema)
@sees(APPROVALS)
def reject_it(body: dict[str, Any], item_id: int) -> Any:
    """Decides against it; one rejection is enough."""
    return items.answer(move_one(current_session(), APPROVAL, _wanted(body, item_id), "REJECTED", _ask(body)))


@blueprint.route("/approvals/<key:item_id>/cancel", methods=["POST"])
@blueprint.arguments(schemas.DecideSchema)
@blueprint.response(200, RESOURCE.result_schema)
@sees(APPROVALS)
def withdraw(body: dict[str, Any], item_id: int) -> Any:
    """Takes the question back; for who asked it."""
    return items.answer(move_one(current_session(), APPROVAL, _wanted(body, item_id), "CANCELLED", _ask(body)))


@blueprint.route("/approvals/<key:item_id>/wait", methods=["GET"])
@blueprint.response(200, schemas.ApprovalSchema)
@sees(APPROVALS)
def wait_for(item_id: int) -> Any:
    """404 while nobody has decided, for callers that read only status codes."""
    row = find(current_session(), APPROVALS, item_id)
    if not is_ended(APPROVALS, row):
        raise NotFound("Nobody has decided yet.", code="not_decided", headers={"Retry-After": "5"})
    return with_tag(row)
