"""Jobs: the resource common to all services. A pipeline's run is also the job of its id."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.sync.models import Job
from services.sync.operations.runs import ending, resuming
from services.sync.operations.runs.starting import KIND
from shared.jobs import operations
from shared.jobs.routes import JobResource, jobs_blueprint


def _retry(session: Session, job_id: uuid.UUID, body: dict[str, Any]) -> Job:
    """A run goes on as itself; other work begins anew."""
    if operations.find(session, Job, job_id).kind == KIND:
        return resuming.resume(session, job_id)
    return operations.retry(session, Job, job_id, changes=body)


blueprint = jobs_blueprint(JobResource(Job, retry=_retry, after_cancel=ending.after_cancel))
