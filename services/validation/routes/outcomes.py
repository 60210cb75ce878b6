"""How each request ended, counted once it is answered."""

import time
from collections.abc import Mapping

import flask

from services.validation import metrics
from services.validation.config import Settings
from services.validation.domain.health.outcomes import Operation, Outcome, outcome_of
from services.validation.operations.health.counting import Tally
from shared.app import ServiceApp
from shared.console.sessions import SAFE_METHODS
from shared.db import Database

# Endpoint to what it is counted as.
OPERATIONS: Mapping[str, Operation] = {
    "ledger.spend": Operation.SPEND,
    "spend-requests.approve": Operation.DECISION,
    "spend-requests.deny": Operation.DECISION,
    "spend-requests.reverse": Operation.DECISION,
    "play.award_scene": Operation.SCENE_AWARD,
    "play.award_story": Operation.STORY_AWARD,
}


def register(app: ServiceApp, settings: Settings) -> None:
    """The tally of this process is the extension `outcomes`."""
    url = settings.database_url.get_secret_value()
    tally = app.extensions["outcomes"] = Tally(Database(url, pooled=False, service=settings.service))

    @app.after_request
    def count(response: flask.Response) -> flask.Response:
        context = flask.g.get("context")
        if context is None:
            return response
        seconds = time.perf_counter() - flask.g.started_at
        outcome = outcome_of(response.status_code, flask.g.get("problem_code"))
        if "stopped_by" in flask.g:
            outcome = Outcome.STOPPED
            metrics.STOPPED.labels(flask.g.stopped_by).inc()
        operation = OPERATIONS.get(flask.request.endpoint or "")
        if operation is not None:
            metrics.OPERATIONS.labels(operation, outcome).inc()
            metrics.OPERATION_SECONDS.labels(operation).observe(seconds)
        usual = Operation.READ if flask.request.method in SAFE_METHODS else Operation.WRITE
        tally.count(context.tenant_id, operation or usual, outcome, seconds=seconds)
        return response
