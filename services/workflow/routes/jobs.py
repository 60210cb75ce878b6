"""Jobs: the resource common to all services, and the items of bulk jobs. Each person sees their own."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from services.workflow.models import Job, JobItem
from services.workflow.operations.bulk import submitting
from services.workflow.queries import job_items
from services.workflow.schemas.jobs import JobItemArgs, JobItemSchema, WorkflowJobSchema
from shared import listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.jobs import operations
from shared.jobs.routes import JobResource, jobs_blueprint
from shared.listing import Listing
from shared.resources import listed

MANAGE = "job.manage"
ITEMS = Listing(
    key=JobItem.position,
    orderings={"position": JobItem.position},
    default="position",
    filters={"status": listing.one_of(JobItem.status)},
)


def _is_own(job: Any) -> bool:
    return job.requested_by is not None and job.requested_by == current_context().actor


def _is_hidden(job: Any) -> bool:
    return not _is_own(job) and MANAGE not in current_context().permissions


def _visible() -> tuple[ColumnElement[bool], ...]:
    context = current_context()
    return () if MANAGE in context.permissions else (Job.requested_by == context.actor,)


def _retry(session: Session, job_id: uuid.UUID, body: dict[str, Any]) -> Job:
    if operations.find(session, Job, job_id).kind == submitting.KIND:
        return submitting.again(session, job_id)
    return operations.retry(session, Job, job_id, changes=body)


blueprint = jobs_blueprint(
    JobResource(
        Job,
        WorkflowJobSchema,
        manage_permission=MANAGE,
        retry=_retry,
        visible=_visible,
        is_hidden=_is_hidden,
        is_own=_is_own,
    )
)


@blueprint.route("/<uuid:job_id>/items")
@blueprint.arguments(JobItemArgs, location="query")
@blueprint.response(200, listing.envelope(JobItemSchema))
@requires("job.view", on=Job, hidden=_is_hidden)
def list_job_items(args: dict[str, Any], job_id: uuid.UUID) -> Any:
    """What came of each item of a bulk job, in the order of the request."""
    session = current_session()
    operations.find(session, Job, job_id)
    return listed(job_items.of_job(session, job_id), ITEMS, args).as_dict()
