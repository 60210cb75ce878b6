"""Work orders as an entity: what may be edited, and what permit and verification allow."""

from typing import Any

from sqlalchemy.orm import Session

from services.workflow.errors import PermitFixed, VerifiersFixed
from services.workflow.models import LineItem, Vendor
from services.workflow.operations.entities import Entity, Shortcut, Values
from services.workflow.operations.parts import Part
from services.workflow.operations.work_orders.lifecycle import WORK_ORDER
from shared.tenancy import context_of

BEFORE_COMPLETION = ("DRAFT", "SUBMITTED", "APPROVED", "IN_PROGRESS")


def prepare(session: Session, row: Any, values: Values) -> Values:
    """Raises PermitFixed and VerifiersFixed where their time has passed."""
    if row is None:
        values.setdefault("requester", None)
        values["requester"] = values["requester"] or context_of(session).actor
        values.setdefault("permit_approvers", [])
    _demand_verifiers_open(row, values)
    wanted = values.pop("permit_status", None)
    status = _permit_status(row, values, is_wanted=wanted in ("PENDING", "REQUIRED"))
    return values | ({"permit_status": status} if status else {})


def _permit_status(row: Any, values: Values, *, is_wanted: bool) -> str | None:
    """The status that the request leads to; None leaves it as it is."""
    named = values.get("permit_approvers")
    stored = row.permit_status if row is not None else "NOT_REQUIRED"
    if row is not None and named is not None and named != row.permit_approvers:
        _demand_approvers_open(row)
    if not (named or is_wanted) or stored != "NOT_REQUIRED":
        return None
    if row is not None and row.state != "DRAFT":
        raise PermitFixed("A permit is asked for while the work order is a draft.", permit_status=stored)
    return "PENDING"


def _demand_approvers_open(row: Any) -> None:
    if row.permit_status == "APPROVED" or (row.permit_status == "NOT_REQUIRED" and row.state != "DRAFT"):
        detail = "Approvers change while the permit is pending or rejected."
        raise PermitFixed(detail, permit_status=row.permit_status)


def _demand_verifiers_open(row: Any, values: Values) -> None:
    named = values.get("verifiers")
    if row is not None and named is not None and named != row.verifiers and row.state not in BEFORE_COMPLETION:
        raise VerifiersFixed("Verifiers change until the work order is completed.", state=row.state)


WORK_ORDERS = Entity(
    lifecycle=WORK_ORDER,
    path="work-orders",
    prefix="WO",
    shortcuts={"approve": Shortcut("APPROVED"), "reject": Shortcut("DRAFT", comments=True)},
    editable=frozenset({"title", "description", "priority", "due_at", "location_id", "asset_id"}),
    editable_by_all=frozenset({"vendor_id", "requester", "estimated_cost"}),
    by_patch=frozenset({"permit_approvers", "verifiers", "final_inspection_at"}),
    references={"vendor_id": Vendor},
    prepare=prepare,
)
LINE_ITEMS = Part(entity=WORK_ORDERS, model=LineItem, parent="work_order_id", at_most=1000)
