"""The caller's own runs as a live stream."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.propagation.models import Job
from services.propagation.operations.settings import unwanted_ends
from shared.access import requires
from shared.current import current_session
from shared.jobs.routes import event_stream
from shared.jobs.schemas import JobEventsArgs

blueprint = Blueprint("events", __name__, description="What happens to the caller's own runs.")


@blueprint.route("/events", methods=["GET"])
@blueprint.arguments(JobEventsArgs, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/event-stream")
@requires("job.view")
def own_events(args: dict[str, Any]) -> flask.Response:
    """Server-Sent Events of the caller's own jobs; resumable by Last-Event-ID. The setting `notification_preferences`
    says which ends are among them."""
    return event_stream(Job, after=args["last_event_id"], hidden=unwanted_ends(current_session()))
