"""Every kind of item, by the word of its address."""

from collections.abc import Mapping

from services.workflow.operations.approvals.entity import APPROVALS
from services.workflow.operations.attendance.entity import ATTENDANCES
from services.workflow.operations.entities import Entity
from services.workflow.operations.tasks.entity import TASKS
from services.workflow.operations.tickets.entity import TICKETS
from services.workflow.operations.work_orders.entity import WORK_ORDERS

ENTITIES: Mapping[str, Entity] = {
    entity.path: entity for entity in (WORK_ORDERS, TASKS, ATTENDANCES, TICKETS, APPROVALS)
}
