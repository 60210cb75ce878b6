"""Work orders."""

from flask_smorest import Blueprint

from services.workflow.models import LineItem, WorkOrder
from services.workflow.operations.work_orders.entity import LINE_ITEMS, WORK_ORDERS
from services.workflow.routes import bulk, decisions, parts
from services.workflow.routes.items import NEVER, Items, any_case, register, work_filters
from services.workflow.schemas import work_orders as schemas
from shared import listing

blueprint = Blueprint("work-orders", __name__, description="From a draft over approval and work to the archive.")

RESOURCE = Items(
    entity=WORK_ORDERS,
    schema=schemas.WorkOrderSchema,
    changes=schemas.WorkOrderChange,
    args=schemas.WorkOrderArgs,
    filters=work_filters(WORK_ORDERS)
    | {
        "vendor": listing.one_of(WorkOrder.vendor_id),
        "archived": lambda yes: WorkOrder.archived_at.is_not(None) if yes else WorkOrder.archived_at.is_(None),
    },
    orderings={"number": WorkOrder.number, "due_at": listing.coalesced(WorkOrder.due_at, NEVER)},
)
register(blueprint, RESOURCE)
bulk.register(blueprint, RESOURCE)
decisions.register(blueprint, RESOURCE.result_schema)
parts.register(
    blueprint,
    parts.Parts(
        part=LINE_ITEMS,
        path="line-items",
        schema=schemas.LineItemSchema,
        args=schemas.LineItemArgs,
        filters={"status": any_case(LineItem.status)},
    ),
)
