"""Tasks and tours, with what belongs to one: checkpoints, evidence, and being closed for having expired."""

from datetime import UTC, datetime
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import ColumnElement, Integer, cast, func, select

from services.workflow.models import Checkpoint, Evidence, Task
from services.workflow.operations import parts
from services.workflow.operations.asking import ask_of
from services.workflow.operations.entities import find
from services.workflow.operations.tasks import evidence
from services.workflow.operations.tasks.checkpoints import CHECKPOINTS
from services.workflow.operations.tasks.entity import TASKS
from services.workflow.operations.tasks.expiring import autoclose
from services.workflow.operations.tasks.lifecycle import CHECKPOINT
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move_one
from services.workflow.routes import bulk
from services.workflow.routes.access import sees
from services.workflow.routes.items import NEVER, Items, answer, any_case, register, work_filters
from services.workflow.routes.parts import Parts
from services.workflow.routes.parts import register as register_parts
from services.workflow.schemas import tasks as schemas
from services.workflow.schemas.transitions import VerbSchema
from shared import listing
from shared.current import current_session
from shared.listing import Listing
from shared.resources import check_picture, listed
from shared.tenancy import tenant_of

blueprint = Blueprint("tasks", __name__, description="Tasks and tours: assigned, worked on, completed or expired.")


def _overdue(wanted: bool) -> ColumnElement[bool]:
    """As the warning says it: past the due time or, without one, past the agreed hours; not of what is done."""
    agreed = func.make_interval(0, 0, 0, 0, cast(Task.sla_hours, Integer))
    deadline = func.coalesce(Task.due_at, Task.created_at + agreed)
    late: ColumnElement[bool] = (deadline < datetime.now(UTC)) & Task.state.not_in(("COMPLETED", "AUTOCLOSED"))
    return late if wanted else ~late


RESOURCE = Items(
    entity=TASKS,
    schema=schemas.TaskSchema,
    changes=schemas.TaskChange,
    args=schemas.TaskArgs,
    filters=work_filters(TASKS)
    | {
        "overdue": _overdue,
        "kind": listing.one_of(Task.kind),
        "work_order": listing.one_of(Task.work_order_id),
        "location": listing.one_of(Task.location_id),
        "asset": listing.one_of(Task.asset_id),
    },
    orderings={
        "due_at": listing.coalesced(Task.due_at, NEVER),
        "expires_at": listing.coalesced(Task.expires_at, NEVER),
    },
)
register(blueprint, RESOURCE)
bulk.register(blueprint, RESOURCE)

CHECKPOINT_RESOURCE = Parts(
    part=CHECKPOINTS,
    path="checkpoints",
    schema=schemas.CheckpointSchema,
    args=schemas.CheckpointArgs,
    filters={"state": any_case(Checkpoint.state)},
)
register_parts(blueprint, CHECKPOINT_RESOURCE)

EVIDENCE = Listing(
    key=Evidence.id,
    orderings={"recorded_at": Evidence.recorded_at, "created_at": Evidence.created_at},
    default="created_at",
    filters={"kind": listing.one_of(Evidence.kind)},
)
ONE = "/tasks/<key:item_id>"


def _task(item_id: int, *, lock: bool = False) -> Task:
    found: Task = find(current_session(), TASKS, item_id, lock=lock)
    return found


@blueprint.route(
    f"{CHECKPOINT_RESOURCE.address}/<key:part_id>/complete", methods=["POST"], endpoint="checkpoints_complete"
)
@blueprint.arguments(VerbSchema)
@blueprint.response(200, schemas.CheckpointResultSchema)
@sees(TASKS)
def complete_checkpoint(body: dict[str, Any], item_id: int, part_id: int) -> Any:
    session = current_session()
    parts.demand(session, CHECKPOINTS, item_id, part_id)
    wanted = Wanted(part_id, picture=lambda row: check_picture(row, body.get("version")))
    return answer(move_one(session, CHECKPOINT, wanted, "COMPLETED", ask_of(current_session(), body)))


@blueprint.route(f"{ONE}/evidence", methods=["GET"], endpoint="evidence_list")
@blueprint.arguments(schemas.EvidenceArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.EvidenceSchema))
@sees(TASKS)
def list_evidence(args: dict[str, Any], item_id: int) -> Any:
    mine = Evidence.tenant_id == tenant_of(current_session()), Evidence.task_id == item_id
    return listed(select(Evidence).where(*mine), EVIDENCE, args).as_dict()


@blueprint.route(f"{ONE}/evidence", methods=["POST"], endpoint="evidence_create")
@blueprint.arguments(schemas.EvidenceSchema)
@blueprint.response(201, schemas.EvidenceSchema)
@sees(TASKS, "task.update")
def create_evidence(body: dict[str, Any], item_id: int) -> Any:
    return evidence.add(current_session(), _task(item_id, lock=True), body)


@blueprint.route(f"{ONE}/autoclose", methods=["POST"], endpoint="autoclose")
@blueprint.response(200, RESOURCE.result_schema)
@sees(TASKS, "task.close")
def autoclose_task(item_id: int) -> Any:
    """Does by hand what the server does with a task that has expired."""
    task = _task(item_id, lock=True)
    check_picture(task, None)
    return answer(autoclose(current_session(), task))
