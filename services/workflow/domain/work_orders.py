"""What must be true of a work order, and of its permit, before it moves; and what is stamped when it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.registry import guard, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderFacts:
    """`vendor_is_active` is None without a vendor. Orders that look alike are one picture, which is judged once."""

    ended: bool = False
    created_by: str | None = None
    requester: str | None = None
    assigned_to_user: str | None = None
    vendor_id: int | None = None
    vendor_is_active: bool | None = None
    permit_status: str = "NOT_REQUIRED"
    permit_approvers: tuple[str, ...] = ()
    verifiers: tuple[str, ...] = ()
    verification_status: str = "NOT_REQUIRED"
    open_line_items: int = 0
    inspected: bool = False
    inspection_required: bool = False


@guard
def vendor_assigned(order: WorkOrderFacts, _ask: Ask) -> Finding | None:
    if order.vendor_id is not None:
        return None
    return Finding("vendor_missing", "The work order has no vendor; assign one before it is approved.", "/vendor_id")


@guard
def vendor_active(order: WorkOrderFacts, _ask: Ask) -> Finding | None:
    """A warning: orders may wait for a vendor that comes back."""
    if order.vendor_is_active is not False:
        return None
    return Finding("vendor_inactive", "The vendor of this work order is not active.")


@guard
def permit_granted(order: WorkOrderFacts, _ask: Ask) -> Finding | None:
    if order.permit_status in ("NOT_REQUIRED", "APPROVED"):
        return None
    return Finding("permit_pending", f"The permit is {order.permit_status}; the work starts once it is approved.")


@guard
def line_items_done(order: WorkOrderFacts, _ask: Ask) -> Finding | None:
    number = order.open_line_items
    if number == 0:
        return None
    plural = "line item is" if number == 1 else "line items are"
    detail = f"{number} {plural} still pending or in progress."
    return Finding("line_items_open", detail, members={"open_line_items": number})


@guard
def work_verified(order: WorkOrderFacts, ask: Ask) -> Finding | None:
    status = ask.also.get("verification_status", order.verification_status)
    if not order.verifiers or status == "APPROVED":
        return None
    return Finding("verification_pending", "This work order has verifiers: it is closed by their verification.")


@guard
def work_inspected(order: WorkOrderFacts, _ask: Ask) -> Finding | None:
    if order.inspected or not order.inspection_required:
        return None
    detail = "The final inspection has to be stamped before this work order is closed."
    return Finding("final_inspection_missing", detail, "/final_inspection_at")


@guard
def order_not_ended(order: WorkOrderFacts, _ask: Ask) -> Finding | None:
    if not order.ended:
        return None
    return Finding("terminal_state", "The work order has come to its end; its permit changes no more.")


@guard
def listed_approver(order: WorkOrderFacts, ask: Ask) -> Finding | None:
    if ask.actor in order.permit_approvers:
        return None
    return Finding("not_an_approver", "You are not among the approvers of this permit.", status=403)


@guard
def not_own_work(order: WorkOrderFacts, ask: Ask) -> Finding | None:
    if not any(has_part(order, person) for person in ask.persons("workorder.permit")):
        return None
    detail = "Creator, requester and assignee do not decide about their own work."
    return Finding("own_work", detail, status=403)


def has_part(order: WorkOrderFacts, person: str | None) -> bool:
    return person in (order.created_by, order.requester, order.assigned_to_user)


@stamp
def stamp_work_completed(_order: WorkOrderFacts, ask: Ask) -> Mapping[str, Any]:
    return {"completed_at": ask.timestamp}


@stamp
def await_verification(order: WorkOrderFacts, _ask: Ask) -> Mapping[str, Any]:
    return {"verification_status": "PENDING"} if order.verifiers else {}


@stamp
def clear_work_completed(_order: WorkOrderFacts, _ask: Ask) -> Mapping[str, Any]:
    return {"completed_at": None}


@stamp
def stamp_archived(_order: WorkOrderFacts, ask: Ask) -> Mapping[str, Any]:
    return {"archived_at": ask.timestamp}
