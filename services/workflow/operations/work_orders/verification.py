"""A verifier's decision about completed work: closes the order, or sends it back to work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.results import Result
from services.workflow.domain.work_orders import has_part
from services.workflow.errors import AlreadyDecided, NotAVerifier, NotCompleted, OwnWork
from services.workflow.models import Step
from services.workflow.operations import sets
from services.workflow.operations.entities import find
from services.workflow.operations.persons.writing import written
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import Outcome, move_one
from services.workflow.operations.work_orders.entity import WORK_ORDERS
from services.workflow.operations.work_orders.lifecycle import WORK_ORDER
from services.workflow.queries.work_orders import load_facts
from shared.errors import Invalid
from shared.tenancy import context_of, tenant_of

TARGETS: Mapping[str, str] = {"APPROVED": "CLOSED", "REJECTED": "IN_PROGRESS"}


def verify(session: Session, wanted: Wanted, *, decision: str, comments: str) -> Result:
    """`decision` is APPROVED or REJECTED. The first one counts: an equal second one changes nothing.

    Raises NotFound, VersionConflict, NotAVerifier, OwnWork, AlreadyDecided, NotCompleted, Invalid, and what the
    closing raises.
    """
    order = find(session, WORK_ORDERS, wanted.id, lock=True)
    if wanted.picture is not None:
        wanted.picture(order)
    context = context_of(session)
    _demand_verifier(session, order, context.actor)
    if order.verification_status == decision:
        return _unchanged(session, order)
    _demand_open(order, decision)
    if not comments.strip():
        raise Invalid.field("/comments", "comments_required", "A verification needs comments.")
    ask = Ask(
        as_system=True,
        on_behalf_of=context.actor,
        reason="approval",
        comments=comments,
        also={"verification_status": decision},
    )
    outcome: Outcome = move_one(session, WORK_ORDER, Wanted(order.id), TARGETS[decision], ask)
    _record(session, order, decision, comments)
    return outcome.result


def _demand_verifier(session: Session, order: Any, person: str | None) -> None:
    if person not in order.verifiers:
        raise NotAVerifier("You are not among the verifiers of this work order.")
    if has_part(load_facts(session, [order], Ask())[order.id], person):
        raise OwnWork("Creator, requester and assignee do not verify their own work.")


def _demand_open(order: Any, decision: str) -> None:
    if order.verification_status in TARGETS:
        detail = f"The verification is {order.verification_status} already, not {decision}."
        raise AlreadyDecided(detail, verification_status=order.verification_status)
    if order.state != "COMPLETED":
        raise NotCompleted(f"The work order is {order.state}; completed work is verified.", state=order.state)


def _unchanged(session: Session, order: Any) -> Result:
    return Result(
        success=True,
        unchanged=True,
        from_state=order.state,
        to_state=order.state,
        timestamp=Ask().timestamp,
        audit_correlation_id=context_of(session).correlation_id,
    )


def _record(session: Session, order: Any, decision: str, comments: str) -> None:
    context = context_of(session)
    step = {
        "tenant_id": tenant_of(session),
        "correlation_id": context.correlation_id,
        "entity": WORK_ORDERS.name,
        "entity_id": order.id,
        "kind": "verification",
        "decision": decision.lower(),
        "comments": written(session, comments),
        "data": {"version": order.version},
        "actor": context.actor,
    }
    sets.insert_rows(session, Step, [step])
