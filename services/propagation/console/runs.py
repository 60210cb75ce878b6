"""What a run did, beside what every job tells: its names before and after, its errors, taking it back."""

import uuid
from typing import Any

from flask.typing import ResponseReturnValue

from services.propagation.console.importing import rows_of
from services.propagation.models import Job
from services.propagation.operations.imports.entering import KIND as IMPORT
from shared.console import api
from shared.console.jobs import job_pages
from shared.console.pages import done

SHOWN = 20


def _more(job: api.Document) -> dict[str, Any]:
    found = api.get(f"jobs/{job['id']}/changes", limit=SHOWN)
    changes = [
        (each["outcome"], each["value_before"], each["problem"] if each["outcome"] == "failed" else each["value"])
        for each in found["results"]
    ]
    return {
        "changes": changes,
        "there_is_more": found["next"] is not None,
        "errors": api.get(f"jobs/{job['id']}/errors", limit=SHOWN)["results"],
        "imported": _imported(job) if job["kind"] == IMPORT else None,
        "approval": job["metadata"].get("approval"),
        "undoable": job["status"] in ("completed", "partial_failure") and not job["undone_by"] and bool(changes),
    }


def _imported(job: api.Document) -> dict[str, Any]:
    """What became of the rows of a file."""
    found = api.get(f"imports/{job['id']}")
    return {**found, "refused": rows_of(found, "refused", "skipped")}


pages = job_pages("propagation", Job, manage="run.manage", label="Runs", more=_more)


@pages.form("/jobs/<uuid:job_id>/undo", "run.manage")
def undo(job_id: uuid.UUID) -> ResponseReturnValue:
    undone = api.post(f"jobs/{job_id}/undo")
    return done("It is taken back by this run.", to=f"/propagation/jobs/{undone['id']}")
