"""Runs: asked for, listed, followed, stopped and taken up again; the rows and differences that they tell of."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import func, or_

from services.sync.models import GroupRun, Job, PipelineRun, RunDifference, RunPartition, RunRow
from services.sync.operations.pipelines import storing
from services.sync.operations.runs import asking, ending, grouping, resuming
from services.sync.operations.runs.beginning import start
from services.sync.operations.runs.starting import Started
from services.sync.queries import runs as queries
from services.sync.routes.access import on_pipeline
from services.sync.schemas import runs as schemas
from shared import listing
from shared.access import load, requires
from shared.auth import demand
from shared.current import current_context, current_session, runtime
from shared.jobs.routes import JobActive, event_stream
from shared.jobs.schemas import JobEventsArgs
from shared.listing import Listing, coalesced
from shared.resources import fresh, listed, tag

blueprint = Blueprint("runs", __name__, description="Runs of pipelines.")

LATEST, EARLIEST = datetime(9999, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
SECONDS = func.coalesce(func.extract("epoch", PipelineRun.completed_at - PipelineRun.started_at), -1)
MOST_DIFFERENCES = 1000


def _holds(text: str) -> Any:
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return or_(PipelineRun.pipeline.ilike(pattern), PipelineRun.error["message"].as_string().ilike(pattern))


LISTING = Listing(
    key=PipelineRun.id,
    orderings={
        "created_at": PipelineRun.created_at,
        # What has not begun is newer than what has.
        "started_at": coalesced(PipelineRun.started_at, LATEST),
        "completed_at": coalesced(PipelineRun.completed_at, LATEST),
        "duration_seconds": SECONDS,
    },
    default="-created_at",
    filters={
        **{name: listing.one_of(getattr(PipelineRun, name)) for name in ("pipeline", "entity", "status", "kind")},
        "trigger": listing.one_of(PipelineRun.trigger),
        "group_run": listing.one_of(PipelineRun.group_run_id),
        "started_after": listing.since(PipelineRun.started_at),
        "started_before": listing.until(PipelineRun.started_at),
        "q": _holds,
    },
)
ROWS = Listing(
    key=RunRow.id, orderings={"id": RunRow.id}, default="id", filters={"outcome": listing.one_of(RunRow.outcome)}
)
GROUP_RUNS = Listing(
    key=GroupRun.id,
    orderings={"created_at": GroupRun.created_at},
    default="-created_at",
    filters={"name": listing.one_of(GroupRun.name), "status": listing.one_of(GroupRun.status)},
)
DIFFERENCES = Listing(key=RunDifference.id, orderings={"id": RunDifference.id}, default="id")


@blueprint.route("/pipelines/<name>/runs", methods=["POST"])
@blueprint.arguments(schemas.RunRequestSchema, required=False)
@blueprint.response(202, schemas.RunSchema)
@blueprint.alt_response(200, schema=schemas.RunSchema, description="The run that goes on: `if_running` is join.")
@on_pipeline("run.start")
def start_run(body: dict[str, Any], name: str) -> Any:
    session = current_session()
    return _answer(start(session, storing.demand(session, name), _asked(body), trigger=body.get("trigger", "api")))


@blueprint.route("/entities/<entity>/runs", methods=["POST"])
@blueprint.arguments(schemas.RunRequestSchema, required=False)
@blueprint.response(202, schemas.RunSchema)
@blueprint.alt_response(200, schema=schemas.RunSchema, description="The run that goes on: `if_running` is join.")
@requires("run.start")
def start_run_of_entity(body: dict[str, Any], entity: str) -> Any:
    """Of the one active pipeline that loads this entity."""
    return _answer(asking.start_entity(current_session(), entity, _asked(body), trigger=body.get("trigger", "api")))


@blueprint.route("/runs", methods=["POST"])
@blueprint.arguments(schemas.RunAllSchema)
@blueprint.response(202, schemas.RunsSchema)
@requires("run.start")
def start_all_runs(body: dict[str, Any]) -> Any:
    """Of every active pipeline, in the order of their dependencies."""
    body.pop("all")
    return {"results": grouping.start_all(current_session(), _asked(body))}


@blueprint.route("/groups", methods=["GET"])
@blueprint.response(200, schemas.GroupsSchema)
@requires("pipeline.view")
def list_groups() -> Any:
    return {"results": grouping.groups(current_session())}


@blueprint.route("/groups/<group>/runs", methods=["POST"])
@blueprint.arguments(schemas.RunRequestSchema, required=False)
@blueprint.response(202, schemas.RunsSchema)
@requires("run.start")
def start_group(body: dict[str, Any], group: str) -> Any:
    """Of every active pipeline of a group, each after those that it depends on."""
    started = grouping.start_group(current_session(), group, _asked(body))
    return {"results": started}, 202, {"Location": f"/api/sync/v1/group-runs/{started[0].group_run_id}"}


@blueprint.route("/group-runs", methods=["GET"])
@blueprint.arguments(schemas.GroupRunArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.GroupRunLineSchema))
@requires("run.view")
def list_group_runs(args: dict[str, Any]) -> Any:
    return listed(queries.all_group_runs(current_session()), GROUP_RUNS, args).as_dict()


@blueprint.route("/group-runs/<uuid:group_run_id>", methods=["GET"])
@blueprint.response(200, schemas.GroupRunSchema)
@requires("run.view", on=GroupRun)
def read_group_run(group_run_id: uuid.UUID) -> Any:
    """Its members with their states, and which waits for which."""
    session = current_session()
    group = load(session, GroupRun, group_run_id)
    edges = [{"from": need, "to": name} for name, needs in sorted(group.needs.items()) for need in needs]
    return {
        **{name: getattr(group, name) for name in ("id", "name", "status", "created_at", "completed_at")},
        "members": queries.of_group(session, group.id),
        "edges": edges,
    }


@blueprint.route("/runs", methods=["GET"])
@blueprint.arguments(schemas.RunArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.RunSchema))
@requires("run.view")
def list_runs(args: dict[str, Any]) -> Any:
    return listed(queries.all_runs(current_session()), LISTING, args).as_dict()


@blueprint.route("/runs/summary", methods=["GET"])
@blueprint.arguments(schemas.RunSummaryArgs, location="query")
@blueprint.response(200, schemas.RunSummarySchema)
@requires("run.view")
def summarize_runs(args: dict[str, Any]) -> Any:
    return queries.summary(current_session(), since=args["created_after"])


@blueprint.route("/runs/<uuid:run_id>", methods=["GET"])
@blueprint.response(200, schemas.RunDetailSchema)
@requires("run.view", on=PipelineRun)
def read_run(run_id: uuid.UUID) -> Any:
    session = current_session()
    run, partitions = load(session, PipelineRun, run_id), queries.partitions_of(session, [run_id])[run_id]
    return fresh(_detail(run, partitions), tag(len(partitions), parts=[run.status, run.heartbeat_at, run.stats]))


@blueprint.route("/runs/<uuid:run_id>/wait", methods=["GET"])
@blueprint.response(200, schemas.RunSchema)
@requires("run.view", on=PipelineRun)
def wait_for_run(run_id: uuid.UUID) -> Any:
    """200 when it has ended, 404 while it has not."""
    run = load(current_session(), PipelineRun, run_id)
    if run.completed_at is None:
        raise JobActive("The run has not ended.", status_of_job=run.status)
    return run


@blueprint.route("/runs/<uuid:run_id>/events", methods=["GET"])
@blueprint.arguments(JobEventsArgs, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/event-stream")
@requires("run.view", on=PipelineRun)
def stream_run(args: dict[str, Any], run_id: uuid.UUID) -> flask.Response:
    """Server-Sent Events: `started`, `progress` after each batch with its counters, and the end."""
    return event_stream(Job, job_id=run_id, after=args["last_event_id"])


@blueprint.route("/runs/<uuid:run_id>/rows", methods=["GET"])
@blueprint.arguments(schemas.RunRowArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.RunRowSchema))
@requires("run.view", on=PipelineRun)
def list_rows(args: dict[str, Any], run_id: uuid.UUID) -> Any:
    """Rows that were not simply loaded, and why."""
    return listed(queries.rows_of(current_session(), run_id), ROWS, args).as_dict()


@blueprint.route("/runs/<uuid:run_id>/diff", methods=["GET"])
@blueprint.arguments(schemas.DifferenceArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.DifferenceSchema))
@requires("run.view", on=PipelineRun)
def list_differences(args: dict[str, Any], run_id: uuid.UUID) -> Any:
    """What a run would do, as a dry run found it; kept for a day; with `format=jsonl` all of it as JSON lines."""
    if args.pop("format") == "jsonl":
        # Sent after the view's transaction has ended: it reads in one of its own.
        lines = queries.stream_differences(runtime().db, current_context(), run_id)
        return flask.Response(lines, content_type="application/x-ndjson", headers={"X-Accel-Buffering": "no"})
    return listed(queries.differences_of(current_session(), run_id), DIFFERENCES, args).as_dict()


@blueprint.route("/runs/<uuid:run_id>/cancel", methods=["POST"])
@blueprint.response(200, schemas.RunSchema)
@blueprint.alt_response(202, schema=schemas.RunSchema, description="It runs and will stop before its next batch.")
@requires("run.cancel", on=PipelineRun)
def cancel_run(run_id: uuid.UUID) -> Any:
    session = current_session()
    is_ended = ending.cancel(session, load(session, PipelineRun, run_id))
    return load(session, PipelineRun, run_id), 200 if is_ended else 202


@blueprint.route("/runs/<uuid:run_id>/resume", methods=["POST"])
@blueprint.response(202, schemas.RunSchema)
@requires("run.start", on=PipelineRun)
def resume_run(run_id: uuid.UUID) -> Any:
    """Goes on behind the last batch, as the same run."""
    session = current_session()
    resuming.resume(session, run_id)
    return load(session, PipelineRun, run_id), 202, {"Location": _address(run_id)}


def _asked(body: Mapping[str, Any]) -> dict[str, Any]:
    if body.get("allow_mass_delete"):
        demand(current_context(), "run.mass_delete")
    return asking.checked(body)


def _answer(started: Started) -> Any:
    return started.run, 202 if started.is_new else 200, {"Location": _address(started.run.id)}


def _address(run_id: uuid.UUID) -> str:
    return f"/api/sync/v1/runs/{run_id}"


def _detail(run: PipelineRun, partitions: Sequence[RunPartition]) -> flask.Response:
    shown: dict[str, Any] = schemas.RunSchema().dump(run)
    found: list[RunDifference] = []
    if run.kind == "dry_run":
        first = queries.differences_of(current_session(), run.id).order_by(RunDifference.id).limit(MOST_DIFFERENCES)
        found = list(current_session().scalars(first))
    return flask.jsonify(
        shown
        | {"partitions": schemas.PartitionSchema(many=True).dump(partitions)}
        | {"diff": schemas.DifferenceSchema(many=True).dump(found)}
    )
