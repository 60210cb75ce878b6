"""How calls that change names answer: what they did with what followed from it, or what they would do."""

from collections.abc import Callable, Mapping
from typing import Any

import flask
from sqlalchemy.orm import Session

from services.propagation.models import Job
from services.propagation.operations.details import propagation_summary
from services.propagation.operations.runs import impact, summary
from services.propagation.operations.runs.running import Result
from services.propagation.routes.environment import environment
from services.propagation.schemas.runs import RunSchema
from shared.current import current_session
from shared.jobs.answers import Ending, accepted

Headers = dict[str, str]
Shape = Mapping[str, Any]
# A resource as it is stored, and the headers that belong to it.
Read = Callable[[Session], tuple[Shape, Headers]]


def dry_run(analysis: Mapping[str, Any]) -> Any:
    return flask.jsonify({"dry_run": True, "impact_analysis": analysis, "message": "Nothing was written."})


def changed(result: Result, read: Read, *, status: int = 200) -> Any:
    """The resource as it is now, with what followed from its change; as it is at the end of the run if the client
    waits for that."""
    session = current_session()
    extras = {}
    if result.prepared.settings["auto_preview_enabled"].value:
        extras["impact_analysis"] = impact.analysis(session, result.prepared, result.wanted, environment())

    def at_the_end(later: Session, job: Job) -> tuple[Shape, int, Headers]:
        shape, headers = read(later)
        told = summary.of_job(later, result.prepared, job)
        return {**shape, "propagation_summary": told, **extras}, status, headers

    shape, headers = read(session)
    shown = {**shape, "propagation_summary": propagation_summary(session, result), **extras}
    return ended(shown, headers, pending=result.job if result.is_pending else None, status=status, ending=at_the_end)


def ended(
    shown: Shape, headers: Headers, *, pending: Job | None, status: int = 200, ending: Ending | None = None
) -> Any:
    """The answer with `status`, or 202 with the place of the job that a worker has."""
    if pending is None:
        return flask.jsonify(shown), status, headers
    answer = accepted(pending, RunSchema, ending=ending)
    return flask.jsonify(shown), answer[1], headers | answer[2]
