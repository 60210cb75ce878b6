"""How a request that started long work is answered: 202 with the job, or 200 if the client waits for its end."""

import re
from collections.abc import Callable
from typing import Any

import flask
import marshmallow as ma
from sqlalchemy.orm import Session

from shared.current import answer_after_commit, current_context, runtime
from shared.jobs.models import JobMixin
from shared.jobs.operations import find
from shared.jobs.reports import wait_until_ended

LONGEST_WAIT_SECONDS = 20
# What a view shows once its job has ended, from a transaction of its own: body, status, headers.
Ending = Callable[[Session, Any], tuple[Any, int, dict[str, str]]]
_WAIT = re.compile(r"\bwait\s*=\s*\"?(\d{1,6})\"?")


def preferred_wait(header: str | None) -> int:
    """Seconds of `Prefer: wait=N` (RFC 7240), at most 20; 0 without one."""
    found = _WAIT.search(header or "")
    return min(int(found[1]), LONGEST_WAIT_SECONDS) if found else 0


def job_address(job: JobMixin) -> str:
    return f"/api/{runtime().service}/v1/jobs/{job.id}"


def accepted(
    job: JobMixin, schema: type[ma.Schema], *, ending: Ending | None = None
) -> tuple[Any, int, dict[str, str]]:
    """The answer of a view that has submitted this job, or done its work already: 200.

    With `Prefer: wait` it is decided after the commit; `ending` shows something else than the job then.
    """
    if job.is_ended:
        return job, 200, {"Location": job_address(job)}
    seconds = preferred_wait(flask.request.headers.get("Prefer"))
    headers = {"Location": job_address(job)}
    if seconds:
        answer_after_commit(_waiting(job, schema, seconds, headers, ending))
    return job, 202, headers


def _waiting(
    job: JobMixin, schema: type[ma.Schema], seconds: int, headers: dict[str, str], ending: Ending | None
) -> Callable[[], flask.Response | None]:
    context, db = current_context(), runtime().db

    def produce() -> flask.Response | None:
        done = wait_until_ended(db, context, type(job), job.id, seconds=seconds)
        if not done.is_ended:
            return None
        body, status, own = schema().dump(done), 200, dict[str, str]()
        if ending is not None:
            with db.transaction(context) as session:
                body, status, own = ending(session, find(session, type(job), job.id))
        response = flask.jsonify(body)
        response.status_code = status
        response.headers.extend(headers | own | {"Preference-Applied": f"wait={seconds}"})
        return response

    return produce
