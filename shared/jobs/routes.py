"""The resource `jobs`, alike in every service; a service brings its model, its words and its permissions."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session, defer

from shared.access import requires
from shared.current import current_address, current_context, current_session, runtime
from shared.errors import NotFound
from shared.jobs import operations, reports, schemas
from shared.jobs.answers import accepted
from shared.jobs.events import Also, last_event_id, stream
from shared.jobs.models import JobMixin
from shared.listing import Filter, Listing, envelope, one_of, page, since, until
from shared.tenancy import tenant_of
from shared.versioning import etag, is_not_modified

RetryOperation = Callable[[Session, uuid.UUID, dict[str, Any]], JobMixin]
# The heartbeat changes these while nothing happens to the job.
_NOT_TOLD = frozenset({"lease_until", "dispatched_at"})


class JobActive(NotFound):
    """For schedulers that read status codes only: the job has not ended."""

    code = "job_active"


@dataclass(frozen=True)
class JobResource:
    """What a service says about its jobs.

    `retry` makes the new job from the body (default: the same work once more, the body laid over the payload).
    `after_cancel` runs in the same unit of work (audit, marks). `summarize` adds figures to the summary.
    `visible` narrows lists and `is_hidden` single jobs; `is_own` tells the jobs that a caller may cancel and retry
    without the permission to manage. `filters` are added to those of JobListArgs. `not_listed` are columns that are too
    large for lists; the schema must not show them.
    """

    model: type[JobMixin]
    schema: type[ma.Schema] = schemas.JobSchema
    list_args: type[schemas.JobListArgs] = schemas.JobListArgs
    summary_schema: type[ma.Schema] = schemas.JobSummarySchema
    retry_schema: type[ma.Schema] = schemas.RetrySchema
    view_permission: str = "job.view"
    manage_permission: str = "job.manage"
    filters: Mapping[str, Filter] = field(default_factory=dict)
    not_listed: tuple[str, ...] = ("payload", "attempt_errors")
    retry: RetryOperation | None = None
    after_cancel: Callable[[Session, Any], None] | None = None
    summarize: Callable[[Session, Mapping[str, Any]], Mapping[str, Any]] | None = None
    visible: Callable[[], tuple[ColumnElement[bool], ...]] = tuple
    is_hidden: Callable[[Any], bool] | None = None
    is_own: Callable[[Any], bool] | None = None

    @property
    def listing(self) -> Listing:
        model = self.model
        own: dict[str, Filter] = {
            name: one_of(getattr(model, name)) for name in ("status", "kind", "requested_by", "retry_of", "dead_letter")
        }
        times = {"created_after": since(model.created_at), "created_before": until(model.created_at)}
        return Listing(
            key=model.id,
            orderings={"created_at": model.created_at},
            default="-created_at",
            filters=own | times | dict(self.filters),
        )


def jobs_blueprint(resource: JobResource) -> Blueprint:
    """Blueprint `jobs`; further routes of a service (errors, changes, undo) may be added to it."""
    blueprint = Blueprint("jobs", __name__, url_prefix="/jobs", description="Work in the background.")
    _add_lists(blueprint, resource)
    _add_single(blueprint, resource)
    _add_actions(blueprint, resource)
    return blueprint


def tag_of(job: JobMixin) -> str:
    columns = [column.key for column in inspect(type(job)).column_attrs if column.key not in _NOT_TOLD]
    return etag(job.attempt, parts=[getattr(job, name) for name in columns])


def _add_lists(blueprint: Blueprint, resource: JobResource) -> None:
    model = resource.model

    @blueprint.route("")
    @blueprint.arguments(resource.list_args, location="query")
    @blueprint.response(200, envelope(resource.schema))
    @requires(resource.view_permission)
    def list_jobs(args: dict[str, Any]) -> Any:
        session = current_session()
        jobs = select(model).where(
            model.tenant_id == tenant_of(session), model.parent_id.is_(None), *resource.visible()
        )
        later = [defer(getattr(model, name), raiseload=True) for name in resource.not_listed]
        key = runtime().settings.signing_key
        return page(
            session, jobs.options(*later), resource.listing, args, address=current_address(), signing_key=key
        ).as_dict()

    @blueprint.route("/summary")
    @blueprint.arguments(schemas.JobSummaryArgs, location="query")
    @blueprint.response(200, resource.summary_schema)
    @requires(resource.view_permission)
    def summarize_jobs(args: dict[str, Any]) -> Any:
        session = current_session()
        figures = reports.summary(session, model, created_after=args["created_after"], where=resource.visible())
        return figures | dict(resource.summarize(session, args) if resource.summarize else {})


def _add_single(blueprint: Blueprint, resource: JobResource) -> None:
    model = resource.model

    @blueprint.route("/<uuid:job_id>")
    @blueprint.response(200, resource.schema)
    @requires(resource.view_permission, on=model, hidden=resource.is_hidden)
    def read_job(job_id: uuid.UUID) -> Any:
        job = operations.find(current_session(), model, job_id)
        headers = {"ETag": tag_of(job)}
        if is_not_modified(flask.request.headers.get("If-None-Match"), headers["ETag"]):
            return flask.Response(status=304, headers=headers)
        return job, 200, headers

    @blueprint.route("/<uuid:job_id>/wait")
    @blueprint.response(200, resource.schema)
    @requires(resource.view_permission, on=model, hidden=resource.is_hidden)
    def wait_for_job(job_id: uuid.UUID) -> Any:
        """200 when the job has ended, 404 while it has not."""
        job = operations.find(current_session(), model, job_id)
        if not job.is_ended:
            raise JobActive("The job has not ended.", status_of_job=job.status)
        return job

    @blueprint.route("/<uuid:job_id>/events")
    @blueprint.arguments(schemas.JobEventsArgs, location="query")
    @blueprint.response(200, {"type": "string"}, content_type="text/event-stream")
    @requires(resource.view_permission, on=model, hidden=resource.is_hidden)
    def stream_job(args: dict[str, Any], job_id: uuid.UUID) -> flask.Response:
        """Server-Sent Events `state` and `progress`; resumable, ends with the end state."""
        operations.find(current_session(), model, job_id)
        return event_stream(model, job_id=job_id, after=args["last_event_id"])


def event_stream(
    model: type[JobMixin],
    *,
    job_id: uuid.UUID | None = None,
    after: int | None = None,
    hidden: Collection[str] = (),
    also: Also = None,
) -> flask.Response:
    """Answer with the events of a job, or of all jobs of the caller but for `hidden` states, and what `also` is true
    of; read after the view's transaction has ended."""
    sent = last_event_id(flask.request.headers.get("Last-Event-ID"))
    messages = stream(
        runtime().db,
        current_context(),
        model,
        job_id=job_id,
        after=after if sent is None else sent,
        hidden=hidden,
        also=also,
        seconds=runtime().settings.event_stream_seconds,
    )
    # nginx would otherwise collect events before it passes them on.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return flask.Response(messages, mimetype="text/event-stream", headers=headers)


def _add_actions(blueprint: Blueprint, resource: JobResource) -> None:
    model = resource.model
    new_job = type(f"Retried{resource.schema.__name__}", (resource.schema,), {"new_job_id": _new_job_id()})

    @blueprint.route("/<uuid:job_id>/cancel", methods=["POST"])
    @blueprint.response(200, resource.schema)
    @blueprint.alt_response(202, schema=resource.schema, description="It runs and will stop.")
    @requires(resource.manage_permission, on=model, hidden=resource.is_hidden, unless=resource.is_own)
    def cancel_job(job_id: uuid.UUID) -> Any:
        session = current_session()
        job = operations.request_cancel(session, model, job_id)
        if resource.after_cancel is not None:
            resource.after_cancel(session, job)
        return job, 200 if job.is_ended else 202

    @blueprint.route("/<uuid:job_id>/retry", methods=["POST"])
    @blueprint.arguments(resource.retry_schema, required=False)
    @blueprint.response(202, new_job)
    @blueprint.alt_response(200, schema=new_job, description="It has ended already.")
    @requires(resource.manage_permission, on=model, hidden=resource.is_hidden, unless=resource.is_own)
    def retry_job(body: dict[str, Any], job_id: uuid.UUID) -> Any:
        session = current_session()
        if resource.retry is not None:
            return accepted(resource.retry(session, job_id, body), new_job)
        return accepted(operations.retry(session, model, job_id, changes=body), new_job)


def _new_job_id() -> ma.fields.UUID:
    return ma.fields.UUID(
        attribute="id",
        dump_only=True,
        metadata={"example": "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21", "description": "The job that now runs."},
    )
