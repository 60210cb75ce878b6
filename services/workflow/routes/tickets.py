"""Tickets of the help desk."""

from typing import Any

from flask_smorest import Blueprint

from services.workflow.models import Ticket
from services.workflow.operations.entities import find
from services.workflow.operations.tickets import escalating
from services.workflow.operations.tickets.entity import TICKETS
from services.workflow.routes import bulk
from services.workflow.routes.access import sees
from services.workflow.routes.items import NEVER, Items, register, work_filters
from services.workflow.schemas import tickets as schemas
from shared import listing
from shared.current import current_session
from shared.resources import check_picture, with_tag

blueprint = Blueprint("tickets", __name__, description="From a question to its answer, with escalation on the way.")

RESOURCE = Items(
    entity=TICKETS,
    schema=schemas.TicketSchema,
    changes=schemas.TicketChange,
    args=schemas.TicketArgs,
    filters=work_filters(TICKETS)
    | {
        "category": listing.one_of(Ticket.category),
        "number": listing.one_of(Ticket.number),
        "external_ref": listing.one_of(Ticket.external_ref),
    },
    orderings={"number": Ticket.number, "due_at": listing.coalesced(Ticket.due_at, NEVER)},
    entries=escalating.entries,
)
register(blueprint, RESOURCE)
bulk.register(blueprint, RESOURCE)


@blueprint.route("/tickets/<key:item_id>/escalate", methods=["POST"])
@blueprint.arguments(schemas.EscalateSchema)
@blueprint.response(200, schemas.TicketSchema)
@sees(TICKETS, "ticket.escalate")
def escalate(body: dict[str, Any], item_id: int) -> Any:
    """Raises the level by one; of many calls at once each counts."""
    session = current_session()
    ticket = find(session, TICKETS, item_id, lock=True)
    check_picture(ticket, body.get("version"))
    who = {"user": body["assigned_to_user"], "team": body["assigned_to_team"]}
    escalating.escalate(session, ticket, comments=body["comments"] or "", **who)
    return with_tag(ticket)


@blueprint.route("/tickets/<key:item_id>/history", methods=["POST"])
@blueprint.arguments(schemas.EntrySchema)
@blueprint.response(201, schemas.EntrySchema)
@sees(TICKETS)
def append_entry(body: dict[str, Any], item_id: int) -> Any:
    """Adds a note; the version of the ticket stays as it is."""
    session = current_session()
    return escalating.append(session, find(session, TICKETS, item_id), text=body["text"], data=body["data"])
