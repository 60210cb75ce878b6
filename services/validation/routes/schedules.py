"""Schedules: what this service does by itself and when, changed or done now."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.models import Schedule
from services.validation.operations import scheduling
from services.validation.schemas.schedules import ScheduleArgs, ScheduleChangeSchema, ScheduleSchema
from shared import editing
from shared.access import load, requires
from shared.current import current_session
from shared.jobs.answers import accepted
from shared.jobs.schemas import JobSchema
from shared.listing import Listing, envelope, one_of
from shared.resources import Answer, Values, listed
from shared.tenancy import tenant_of

blueprint = Blueprint("schedules", __name__, description="What is done by itself, and when.")

SCHEDULES = Listing(
    key=Schedule.id,
    orderings={"id": Schedule.id, "name": Schedule.name},
    default="id",
    filters={"name": one_of(Schedule.name), "kind": one_of(Schedule.kind)},
)


@blueprint.route("/schedules", methods=["GET"])
@blueprint.arguments(ScheduleArgs, location="query")
@blueprint.response(200, envelope(ScheduleSchema))
@requires("job.view")
def list_schedules(args: Values) -> Any:
    """All schedules of the tenant."""
    return listed(select(Schedule).where(Schedule.tenant_id == tenant_of(current_session())), SCHEDULES, args).as_dict()


@blueprint.route("/schedules/<key:row_id>", methods=["GET"])
@blueprint.response(200, ScheduleSchema)
@requires("job.view", on=Schedule)
def read_schedule(row_id: int) -> Any:
    return load(current_session(), Schedule, row_id)


@blueprint.route("/schedules/<key:row_id>", methods=["PATCH"])
@blueprint.arguments(ScheduleChangeSchema)
@blueprint.response(200, ScheduleSchema)
@requires("job.manage", on=Schedule)
def change_schedule(body: Values, row_id: int) -> Any:
    """When it fires, and whether at all."""
    schedule = editing.locked(current_session(), Schedule, row_id)
    scheduling.change(current_session(), schedule, body)
    return schedule


@blueprint.route("/schedules/<key:row_id>/run", methods=["POST"])
@blueprint.response(202, JobSchema)
@requires("job.manage", on=Schedule)
def run_schedule(row_id: int) -> Answer:
    """Does now, in the caller's name, what is due later; when it fires next stays as it is."""
    return accepted(scheduling.run_now(current_session(), load(current_session(), Schedule, row_id)), JobSchema)
