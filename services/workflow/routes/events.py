"""What happens to items and to the caller's own jobs, as a live stream."""

from functools import partial
from typing import Any

import flask
from flask_smorest import Blueprint

from services.workflow.models import Job
from services.workflow.operations.lifecycles import LIFECYCLES
from services.workflow.queries.seeing import events_seen
from shared.access import requires
from shared.jobs.routes import event_stream
from shared.jobs.schemas import JobEventsArgs

blueprint = Blueprint("events", __name__, description="What happens, while it happens.")

KINDS = {found.entity: (found.model, found.area) for found in LIFECYCLES.values()}


@blueprint.route("/events", methods=["GET"])
@blueprint.arguments(JobEventsArgs, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/event-stream")
@requires("job.view")
def live_events(args: dict[str, Any]) -> flask.Response:
    """Server-Sent Events of the items that the caller sees (`ticket.state_changed` with `from_state` and `to_state`,
    `task.assigned`, ...) and of the caller's own jobs; resumable by Last-Event-ID."""
    return event_stream(Job, after=args["last_event_id"], also=partial(events_seen, kinds=KINDS))
