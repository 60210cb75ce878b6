"""How a request that started long work is answered: 202 with the job, or 200 if the client waits for its end."""

import re
from collections.abc import Callable
from typing import Any

import flask
import marshmallow as ma

from shared.current import answer_after_commit, current_context, runtime
from shared.jobs.models import JobMixin
from shared.jobs.reports import wait_until_ended

LONGEST_WAIT_SECONDS = 20
_WAIT = re.compile(r"\bwait\s*=\s*\"?(\d{1,6})\"?")


def preferred_wait(header: str | None) -> int:
    """Seconds of `Prefer: wait=N` (RFC 7240), at most 20; 0 without one."""
    found = _WAIT.search(header or "")
    return min(int(found[1]), LONGEST_WAIT_SECONDS) if found else 0


def job_address(job: JobMixin) -> str:
    return f"/api/{runtime().service}/v1/jobs/{job.id}"


def accepted(job: JobMixin, schema: type[ma.Schema]) -> tuple[Any, int, dict[str, str]]:
    """The answer of a view that has submitted this job, or done its work already: 200.

    With `Prefer: wait` it is decided after the commit.
    """
    if job.is_ended:
        return job, 200, {"Location": job_address(job)}
    seconds = preferred_wait(flask.request.headers.get("Prefer"))
    headers = {"Location": job_address(job)}
    if seconds:
        answer_after_commit(_waiting(job, schema, seconds, headers))
    return job, 202, headers


def _waiting(
    job: JobMixin, schema: type[ma.Schema], seconds: int, headers: dict[str, str]
) -> Callable[[], flask.Response | None]:
    context, db = current_context(), runtime().db

    def produce() -> flask.Response | None:
        done = wait_until_ended(db, context, type(job), job.id, seconds=seconds)
        if not done.is_ended:
            return None
        response = flask.jsonify(schema().dump(done))
        response.headers.extend(headers | {"Preference-Applied": f"wait={seconds}"})
        return response

    return produce
