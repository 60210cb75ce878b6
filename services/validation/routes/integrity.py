"""Integrity runs with what they found and changed, and the rows that they set apart."""

import uuid
from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Mode, Options
from services.validation.models import (
    BeforeImage,
    IntegrityFinding,
    IntegrityRun,
    Job,
    QuarantineEntry,
)
from services.validation.operations.constraints.standing import guarded, standing
from services.validation.operations.integrity import asking, quarantine, reporting, undoing
from services.validation.operations.integrity.running import carry_out
from services.validation.operations.integrity.steps import Direct
from services.validation.schemas import integrity as schemas
from services.validation.schemas.fields import ViewArgs
from shared.access import load, requires
from shared.auth import demand
from shared.current import answer_after_commit, current_context, current_session, runtime
from shared.jobs.answers import accepted
from shared.jobs.schemas import JobSchema
from shared.listing import Listing, envelope, one_of
from shared.resources import Answer, Values, listed
from shared.tenancy import tenant_of

blueprint = Blueprint("integrity", __name__, description="What is wrong with stored rows, and its repair.")

VIEW, RUN, FIX = "health.view", "integrity.run", "integrity.fix"
RUNS = Listing(
    key=IntegrityRun.id,
    orderings={"created_at": IntegrityRun.created_at},
    default="-created_at",
    filters={"mode": one_of(IntegrityRun.mode), "state": one_of(IntegrityRun.state)},
)
FINDINGS = Listing(
    key=IntegrityFinding.id,
    orderings={"id": IntegrityFinding.id},
    default="id",
    filters={"rule": one_of(IntegrityFinding.rule)},
)
IMAGES = Listing(
    key=BeforeImage.id, orderings={"id": BeforeImage.id}, default="id", filters={"rule": one_of(BeforeImage.rule)}
)
QUARANTINE = Listing(
    key=QuarantineEntry.id,
    orderings={"id": QuarantineEntry.id, "since": QuarantineEntry.created_at},
    default="-id",
    filters={
        "state": one_of(QuarantineEntry.state),
        "table": one_of(QuarantineEntry.table_name),
        "row": one_of(QuarantineEntry.row_id),
        "rule": one_of(QuarantineEntry.rule),
    },
)


@blueprint.route("/integrity-runs", methods=["GET"])
@blueprint.arguments(schemas.IntegrityRunArgs, location="query")
@blueprint.response(200, envelope(schemas.IntegrityRunSummarySchema))
@requires(VIEW)
def list_runs(args: Values) -> Any:
    """Runs, newest first."""
    found = listed(select(IntegrityRun).where(IntegrityRun.tenant_id == tenant_of(current_session())), RUNS, args)
    shown = found.as_dict()
    return shown | {"results": [reporting.summary(run) for run in shown["results"]]}


@blueprint.route("/integrity-runs", methods=["POST"])
@blueprint.arguments(schemas.IntegrityRunAsk)
@blueprint.response(202, JobSchema)
@blueprint.alt_response(200, schema=schemas.IntegrityRunSchema)
@requires(RUN)
def start_run(body: Values) -> Answer:
    """A run as a job; with `inline` the answer is the run at its end. A fix takes `integrity.fix`."""
    inline, plan = body.pop("inline"), body.pop("plan")
    if body["mode"] == Mode.FIX:
        demand(current_context(), FIX)
    if body["mode"] == Mode.DRY_RUN and not body["fix_rules"]:
        body["fix_rules"] = ["all"]
    session = current_session()
    if plan is not None:
        reporting.find(session, plan)
    run = asking.ask(session, Options.of(body | {"plan": str(plan) if plan else None}))
    return _started(session, run, inline=inline)


@blueprint.route("/integrity-runs/<uuid:run_id>", methods=["GET"])
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.IntegrityRunSchema)
@requires(VIEW)
def read_run(_args: Values, run_id: uuid.UUID) -> Answer:
    """A run with its rules and examples."""
    session = current_session()
    return flask.jsonify(reporting.document(session, reporting.find(session, run_id)))


@blueprint.route("/integrity-runs/<uuid:run_id>/findings", methods=["GET"])
@blueprint.arguments(schemas.FindingArgs, location="query")
@blueprint.response(200, envelope(schemas.IntegrityFindingSchema))
@requires(VIEW)
def list_findings(args: Values, run_id: uuid.UUID) -> Any:
    """The failing rows that a run has kept."""
    session = current_session()
    run = reporting.find(session, run_id)
    of_run = (IntegrityFinding.tenant_id == tenant_of(session), IntegrityFinding.run_id == run.id)
    return listed(select(IntegrityFinding).where(*of_run), FINDINGS, args).as_dict()


@blueprint.route("/integrity-runs/<uuid:run_id>/before-images", methods=["GET"])
@blueprint.arguments(schemas.FindingArgs, location="query")
@blueprint.response(200, envelope(schemas.BeforeImageSchema))
@requires(VIEW)
def list_images(args: Values, run_id: uuid.UUID) -> Any:
    """What a fix changed, with what was there before."""
    session = current_session()
    run = reporting.find(session, run_id)
    of_run = (BeforeImage.tenant_id == tenant_of(session), BeforeImage.run_id == run.id)
    return listed(select(BeforeImage).where(*of_run), IMAGES, args).as_dict()


@blueprint.route("/integrity-runs/<uuid:run_id>/undo", methods=["POST"])
@blueprint.arguments(schemas.IntegrityUndoAsk)
@blueprint.response(202, JobSchema)
@blueprint.alt_response(200, schema=schemas.IntegrityRunSchema)
@requires(FIX)
def undo_run(body: Values, run_id: uuid.UUID) -> Answer:
    """Gives back what a fix changed, where nobody has changed it since."""
    session = current_session()
    run = asking.ask_undo(session, undoing.fix_of(session, run_id), rules=body["rules"], dry_run=body["dry_run"])
    return _started(session, run, inline=body["inline"])


@blueprint.route("/constraints", methods=["GET"])
@blueprint.arguments(ViewArgs, location="query")
@blueprint.response(200, schemas.ConstraintListSchema)
@requires("rules.view")
def list_constraints(_args: Values) -> Any:
    """The constraints that rules become, and how they stand in the database."""
    return {"results": standing(current_session(), guarded())}


@blueprint.route("/quarantine", methods=["GET"])
@blueprint.arguments(schemas.QuarantineArgs, location="query")
@blueprint.response(200, envelope(schemas.QuarantineSchema))
@requires(VIEW)
def list_quarantine(args: Values) -> Any:
    """Rows that are or were set apart."""
    found = select(QuarantineEntry).where(QuarantineEntry.tenant_id == tenant_of(current_session()))
    return listed(found, QUARANTINE, args).as_dict()


@blueprint.route("/quarantine/<key:row_id>", methods=["GET"])
@blueprint.response(200, schemas.QuarantineSchema)
@requires(VIEW, on=QuarantineEntry)
def read_entry(row_id: int) -> Any:
    return load(current_session(), QuarantineEntry, row_id)


@blueprint.route("/quarantine/<key:row_id>/release", methods=["POST"])
@blueprint.arguments(schemas.QuarantineReleaseAsk)
@blueprint.response(200, schemas.QuarantineSchema)
@requires("quarantine.manage", on=QuarantineEntry)
def release_entry(body: Values, row_id: int) -> Any:
    """Takes a row back although it breaks its rule."""
    return quarantine.release(current_session(), row_id, reason=body["reason"])


def _started(session: Session, run: IntegrityRun, *, inline: bool) -> Answer:
    """The job of a run, or the run when it has been carried out: after the commit, in transactions of its own."""
    address = f"/api/{runtime().service}/v1/integrity-runs/{run.id}"
    if inline:
        steps, run_id = Direct(runtime().db, current_context()), run.id

        def produce() -> flask.Response:
            carry_out(steps, run_id)
            return _at_the_end(steps, run_id, address)

        answer_after_commit(produce)
        return flask.jsonify(reporting.document(session, run)), 200, {"Location": address}

    def ending(later: Session, job: Job) -> tuple[Any, int, dict[str, str]]:
        return reporting.document(later, reporting.find(later, job.id)), 200, {"Location": address}

    return accepted(asking.submit_job(session, run), JobSchema, ending=ending)


def _at_the_end(steps: Direct, run_id: uuid.UUID, address: str) -> flask.Response:
    with steps.step() as session:
        response = flask.jsonify(reporting.document(session, reporting.find(session, run_id)))
    response.headers["Location"] = address
    return response
