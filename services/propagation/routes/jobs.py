"""Runs: the resource common to all services, and what only this one has: changes, errors, undo."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.models import Job, RunError
from services.propagation.operations.imports import entering
from services.propagation.operations.names import background as names
from services.propagation.operations.runs import analyzing, approving, behind, control, diff
from services.propagation.queries import history
from services.propagation.queries import runs as queries
from services.propagation.queries.errors import with_string
from services.propagation.routes import answers, csv_answers, errors
from services.propagation.routes.environment import environment
from services.propagation.schemas import reports
from services.propagation.schemas import runs as schemas
from services.propagation.schemas.approvals import DecisionSchema
from services.propagation.schemas.errors import ErrorArgs, ErrorSchema
from shared import listing
from shared.access import check_signature, requires
from shared.current import current_session
from shared.jobs import operations
from shared.jobs.answers import accepted
from shared.jobs.routes import JobResource, jobs_blueprint
from shared.listing import Listing
from shared.resources import listed

ERRORS = replace(errors.LISTING, default="created_at")


def _retry(session: Session, job_id: uuid.UUID, body: dict[str, Any]) -> Job:
    job = operations.find(session, Job, job_id)
    if job.kind == analyzing.KIND:
        return analyzing.again(session, job)
    if job.kind == behind.KIND:
        return behind.again(session, job)
    if job.kind == entering.KIND:
        control.demand_retryable(session, job)
        return entering.again(session, job.id, environment())
    if job.kind == names.KIND:
        return names.again(session, job)
    if job.kind == queries.CLEANUP:
        return operations.retry(session, Job, job_id)
    return control.retry(session, job_id, body, environment())


blueprint = jobs_blueprint(
    JobResource(
        Job,
        schemas.RunSchema,
        schemas.RunListArgs,
        schemas.RunSummarySchema,
        schemas.RunRetrySchema,
        manage_permission="run.manage",
        filters={
            "processing_method": listing.one_of(Job.processing_method),
            "trigger_type": listing.one_of(Job.trigger_type),
            "triggered_by": listing.one_of(Job.requested_by),
            "string": queries.holds_string,
        },
        retry=_retry,
        after_cancel=control.after_cancel,
        visible=lambda: (Job.kind != approving.ASKED,),
        summarize=lambda session, _figures: {"unresolved_errors": queries.unresolved_errors(session)},
    )
)


@blueprint.route("/report")
@blueprint.arguments(reports.ReportArgs, location="query")
@blueprint.response(200, reports.ReportSchema)
@requires("job.view")
def report(args: dict[str, Any]) -> Any:
    """Runs, strings and errors between two times."""
    return queries.report(current_session(), created_after=args["created_after"], created_before=args["created_before"])


@blueprint.route("/cleanup", methods=["POST"])
@blueprint.arguments(reports.CleanupSchema)
@blueprint.response(202, schemas.RunSchema)
@requires("job.manage")
def clean_up(body: dict[str, Any]) -> Any:
    """Forgets runs that ended some time ago, now instead of in the night; histories and audit rows stay."""
    job = operations.submit(current_session(), Job, kind=queries.CLEANUP, queue="propagation", payload=body)
    return accepted(job, schemas.RunSchema)


@blueprint.route("/<uuid:job_id>/changes")
@blueprint.arguments(schemas.RunChangeArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.RunChangeSchema))
@blueprint.alt_response(200, **csv_answers.DOCUMENTED)
@requires("job.view", on=Job)
def list_changes(args: dict[str, Any], job_id: uuid.UUID) -> Any:
    """The diff of a run, string by string: applied, failed, skipped, planned. As CSV a line for each changed detail."""
    analyzing.demand_kept(operations.find(current_session(), Job, job_id))
    outcomes = args.get("outcome")
    if args["format"] == "csv" or csv_answers.is_asked_for():
        return csv_answers.streamed(
            f"changes-{job_id}.csv",
            lambda own: diff.stored(own, job_id, lambda of: [of.outcome.in_(outcomes)] if outcomes else []),
        )
    changes = queries.changes_of(current_session(), job_id)
    how = Listing(
        key=changes.c.string_id,
        orderings={"level": changes.c.level, "string": changes.c.string_id},
        default="level",
        filters={"outcome": listing.one_of(changes.c.outcome)},
    )
    found = listed(select(*changes.c), how, args).as_dict()
    columns = [column.name for column in changes.c]
    rows = [dict(zip(columns, row, strict=True)) for row in found["results"]]
    names = history.dimension_names(current_session(), (key for row in rows for key in (*row["before"], *row["after"])))
    return found | {"results": [_change(row, names) for row in rows]}


def _change(row: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    before = history.side(row["value_before"], row["before"], names)
    after = history.side(row["value"], row["after"], names)
    return {**row, "before": before, "after": after}


@blueprint.route("/<uuid:job_id>/errors")
@blueprint.arguments(ErrorArgs, location="query")
@blueprint.response(200, listing.envelope(ErrorSchema))
@requires("job.view", on=Job)
def list_job_errors(args: dict[str, Any], job_id: uuid.UUID) -> Any:
    """The errors of a run, with the names of their strings."""
    operations.find(current_session(), Job, job_id)
    found = listed(with_string(current_session()).where(RunError.job_id == job_id), ERRORS, args).as_dict()
    return found | {"results": [errors.shown(error, value) for error, value in found["results"]]}


@blueprint.route("/<uuid:job_id>/undo", methods=["POST"])
@blueprint.arguments(schemas.UndoSchema)
@blueprint.response(200, schemas.UndoingRunSchema)
@blueprint.alt_response(202, schema=schemas.UndoingRunSchema, description="A worker takes it back.")
@requires("run.manage", on=Job)
def undo(body: dict[str, Any], job_id: uuid.UUID) -> Any:
    """Takes a run back: details, lineage and names, except of strings that were changed since."""
    answer = control.undo(current_session(), job_id, body, environment())
    if isinstance(answer, dict):
        return answers.dry_run(answer)
    return accepted(answer, schemas.UndoingRunSchema)


@blueprint.route("/<uuid:job_id>/decision", methods=["POST"])
@blueprint.arguments(DecisionSchema)
@blueprint.response(200, schemas.RunSchema)
@requires("approval.callback", on=Job)
def take_decision(body: dict[str, Any], job_id: uuid.UUID) -> Any:
    """The callback of an approval, signed by the service that it was asked of: approved starts exactly the run that
    was shown, anything else drops it."""
    check_signature("approval.callback")
    return approving.decide(current_session(), job_id, body)
