"""What is known about work orders before they move."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.shipped import machine_of
from services.workflow.domain.work_orders import WorkOrderFacts
from services.workflow.models import LineItem, Tenant, Vendor, WorkOrder
from shared.tenancy import tenant_of

OPEN = ("PENDING", "IN_PROGRESS")
_LOOK = attrgetter(
    *("state", "machine_version", "created_by", "requester", "assigned_to_user"),
    *("vendor_id", "permit_status", "verification_status"),
)


def load_facts(session: Session, orders: Sequence[WorkOrder], _ask: Ask) -> Mapping[int, WorkOrderFacts]:
    """Facts by id, the same ones for orders that look alike; two statements, whatever the number of orders."""
    active = _active_vendors(session, {order.vendor_id for order in orders if order.vendor_id is not None})
    open_items = _open_line_items(session, [order.id for order in orders])
    inspection_required = session.get_one(Tenant, tenant_of(session)).final_inspection_required
    seen: dict[tuple[object, ...], WorkOrderFacts] = {}
    facts = {}
    for order in orders:
        people = tuple(order.permit_approvers), tuple(order.verifiers)
        number, inspected = open_items.get(order.id, 0), order.final_inspection_at is not None
        look = (*_LOOK(order), *people, number, inspected)
        if look not in seen:
            seen[look] = WorkOrderFacts(
                ended=order.state in machine_of("work_order", order.machine_version).terminal,
                created_by=order.created_by,
                requester=order.requester,
                assigned_to_user=order.assigned_to_user,
                vendor_id=order.vendor_id,
                vendor_is_active=active.get(order.vendor_id) if order.vendor_id is not None else None,
                permit_status=order.permit_status,
                permit_approvers=people[0],
                verifiers=people[1],
                verification_status=order.verification_status,
                open_line_items=number,
                inspected=inspected,
                inspection_required=inspection_required,
            )
        facts[order.id] = seen[look]
    return facts


def _active_vendors(session: Session, ids: set[int]) -> dict[int, bool]:
    found = select(Vendor.id, Vendor.active).where(Vendor.tenant_id == tenant_of(session), Vendor.id.in_(ids))
    return {vendor_id: active for vendor_id, active in session.execute(found)}


def _open_line_items(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found = (
        select(LineItem.work_order_id, func.count())
        .where(
            LineItem.tenant_id == tenant_of(session),
            LineItem.work_order_id == any_(literal(ids, ARRAY(BigInteger))),
            LineItem.status.in_(OPEN),
        )
        .group_by(LineItem.work_order_id)
    )
    return {order_id: number for order_id, number in session.execute(found)}
