"""Jobs, and of bulk operations what came of each item."""

import flask

from services.workflow.console.kinds import KIND_OF
from services.workflow.models import Job
from services.workflow.models.jobs import ITEM_STATUSES
from shared.console import api
from shared.console.jobs import job_pages
from shared.console.pages import Values

SHOWN = 100


def items_of(job: api.Document) -> Values:
    """The first of them; those in the state that the address names, if it does."""
    bulk = job.get("bulk")
    if not bulk:
        return {"bulk": None}
    status = flask.request.args.get("items", "")
    found = api.get(f"jobs/{job['id']}/items", status=[status] if status in ITEM_STATUSES else None, limit=SHOWN)
    kind = KIND_OF.get(bulk["entity"])
    return {"bulk": bulk, "outcomes": found, "statuses": ITEM_STATUSES, "path": kind.path if kind else "approvals"}


pages = job_pages("workflow", Job, more=items_of)
