"""How calls that change names answer: what they did with what followed from it, or what they would do."""

from collections.abc import Mapping
from typing import Any

import flask

from services.propagation.models import Job
from services.propagation.operations.details import propagation_summary
from services.propagation.operations.runs import impact
from services.propagation.operations.runs.running import Result
from services.propagation.routes.environment import environment
from services.propagation.schemas.runs import RunSchema
from shared.current import current_session
from shared.jobs.answers import accepted

Headers = dict[str, str]


def dry_run(analysis: Mapping[str, Any]) -> Any:
    return flask.jsonify({"dry_run": True, "impact_analysis": analysis, "message": "Nothing was written."})


def changed(result: Result, shape: Mapping[str, Any], headers: Headers | None = None, *, status: int = 200) -> Any:
    """The resource as it is now, with what followed from its change."""
    session = current_session()
    shown = {**shape, "propagation_summary": propagation_summary(session, result)}
    if result.prepared.settings["auto_preview_enabled"].value:
        shown["impact_analysis"] = impact.analysis(session, result.prepared, result.wanted, environment())
    return ended(shown, headers or {}, pending=result.job if result.is_pending else None, status=status)


def ended(shown: Mapping[str, Any], headers: Headers, *, pending: Job | None, status: int = 200) -> Any:
    """The answer with `status`, or 202 with the place of the job that a worker has."""
    if pending is None:
        return flask.jsonify(shown), status, headers
    answer = accepted(pending, RunSchema)
    return flask.jsonify(shown), answer[1], headers | answer[2]
