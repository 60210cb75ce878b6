"""Attempts of transitions, successful and refused, and their figures."""

from typing import Any

from flask_smorest import Blueprint

from services.workflow.models import TransitionRecord
from services.workflow.models.person_keys import reader
from services.workflow.queries import history
from services.workflow.schemas import transitions as schemas
from shared import listing
from shared.access import requires
from shared.current import current_session
from shared.listing import Listing
from shared.resources import listed

blueprint = Blueprint("transitions", __name__, description="Who tried to move what, and with which result.")

NAMES = ("entity", "entity_id", "machine", "from_state", "to_state", "actor", "reason", "success")
ATTEMPTS = Listing(
    key=TransitionRecord.id,
    orderings={"created_at": TransitionRecord.created_at, "id": TransitionRecord.id},
    default="-id",
    filters={name: listing.one_of(getattr(TransitionRecord, name)) for name in NAMES}
    | {
        "created_after": listing.since(TransitionRecord.created_at),
        "created_before": listing.until(TransitionRecord.created_at),
    },
)


@blueprint.route("/transitions", methods=["GET"])
@blueprint.arguments(schemas.AttemptArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.AttemptSchema))
@requires("machine.view")
def list_attempts(args: dict[str, Any]) -> Any:
    found = listed(history.attempts(current_session()), ATTEMPTS, args).as_dict()
    reader(current_session(), [attempt.comments for attempt in found["results"]])
    return found


@blueprint.route("/transitions/statistics", methods=["GET"])
@blueprint.arguments(schemas.StatisticsArgs, location="query")
@blueprint.response(200, schemas.StatisticsSchema)
@requires("machine.view")
def read_statistics(args: dict[str, Any]) -> Any:
    return history.statistics(current_session(), hours=args["hours"])
