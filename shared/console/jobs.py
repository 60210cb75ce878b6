"""The pages of jobs, alike in every service: the failed first, with input and error, to retry, cancel, copy."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from shared.access import load
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent
from shared.current import current_context, current_session, runtime
from shared.errors import Conflict
from shared.jobs.models import ACTIVE, ENDED, RETRYABLE, JobMixin

ATTENTION = 5
AT_ONCE = 200


def job_pages(
    service: str,
    model: type[JobMixin],
    *,
    manage: str = "job.manage",
    label: str = "Jobs",
    path: str = "/jobs",
    more: Callable[[api.Document], Values] | None = None,
) -> Pages:
    """`manage` is the permission to retry and cancel. What a service has to say of a job beyond that are the values of
    `more`, shown by its template `job-more.html`."""
    pages = Pages(service, "jobs", __name__, folder="console")

    @pages.page(path, "job.view", menu=label)
    def jobs() -> Values:
        query = asked()
        shown = {"jobs": api.get("jobs", query), "figures": _figures(service), "label": label, "manage": manage}
        narrowed = {name: values for name, values in query.items() if name not in ("cursor", "limit", "ordering")}
        failed = None if narrowed or "cursor" in query else api.get("jobs", status=["failed"], limit=ATTENTION)
        matching = {f"{name}[]": values for name, values in narrowed.items()}
        return shown | {"failed": failed, "narrowed": narrowed, "matching": matching, "states": [*ACTIVE, *ENDED]}

    @pages.page(f"{path}/<uuid:job_id>", "job.view")
    def job(job_id: uuid.UUID) -> Values:
        found = api.get(f"jobs/{job_id}")
        row = load(current_session(), model, job_id)
        shown = {"job": found, "row": row, "label": label, "manage": manage, "retryable": found["status"] in RETRYABLE}
        shown |= {"more": more is not None, **(more(found) if more else {})}
        return shown | {"curl": _as_curl(job_id), "may_see_input": manage in current_context().permissions}

    @pages.form(f"{path}/<uuid:job_id>/retry", "job.view")
    def retry_job(job_id: uuid.UUID) -> ResponseReturnValue:
        again = api.post(f"jobs/{job_id}/retry")
        return done("It runs again.", to=f"/{service}{path}/{again.made_id}")

    @pages.form(f"{path}/<uuid:job_id>/cancel", "job.view")
    def cancel_job(job_id: uuid.UUID) -> ResponseReturnValue:
        stopping = api.post(f"jobs/{job_id}/cancel").is_pending
        return done("It will stop at its next step." if stopping else "It is cancelled.")

    @pages.form(f"{path}/retry", manage)
    def retry_jobs() -> ResponseReturnValue:
        return done(_retry_all(sent()))

    return pages


def _figures(service: str) -> list[tuple[str, int, str]]:
    summary = api.get("jobs/summary")
    wanted = ("failed", "partial_failure", "running", "pending", "completed")
    return [
        (state.replace("_", " "), summary[f"{state}_jobs"], f"/{service}/jobs?status={state}")
        for state in wanted
        if summary[f"{state}_jobs"] or state in ("failed", "running")
    ]


def _retry_all(narrowed: dict[str, Any]) -> str:
    """All that the filter names and that can be retried, up to 200 at once; those that run again already stay."""
    found = api.get("jobs", {"status": ["failed"], **narrowed}, limit=AT_ONCE)
    started = kept = 0
    for job in found["results"]:
        try:
            api.post(f"jobs/{job['id']}/retry")
        except Conflict:  # refused before anything was written
            kept += 1
        else:
            started += 1
    rest = " There are more: do it again." if found["next"] else ""
    return f"{started} run again{f', {kept} could not' if kept else ''}.{rest}"


def _as_curl(job_id: uuid.UUID) -> str:
    address = f"{runtime().settings.public_url}/api/{runtime().service}/v1/jobs/{job_id}"
    return f'curl -H "Authorization: Bearer $TOKEN" {json.dumps(address)}'
