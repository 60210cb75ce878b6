"""The two machines of a work order, and what follows when it moves."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.workflow.models import WorkOrder
from services.workflow.operations.outgoing import Notice, notify
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move, after
from services.workflow.queries.work_orders import load_facts

WORK_ORDER = Lifecycle(machine="work_order", model=WorkOrder, entity="work_order", area="workorder", facts=load_facts)
PERMIT = Lifecycle(
    machine="permit",
    model=WorkOrder,
    entity="work_order",
    area="workorder",
    facts=load_facts,
    column="permit_status",
)


@after
def notify_vendor(session: Session, moves: Sequence[Move]) -> None:
    notify(session, [_notice(move, f"vendor:{move.row.vendor_id}") for move in moves])


@after
def notify_requester(session: Session, moves: Sequence[Move]) -> None:
    notify(session, [_notice(move, move.row.requester) for move in moves if move.row.requester])


def _notice(move: Move, recipient: str) -> Notice:
    return Notice(
        event=f"work_order.{move.to_state.lower()}",
        recipient=recipient,
        entity="work_order",
        entity_id=move.row.id,
        version=move.row.version,
        data={"number": move.row.number, "title": move.row.title},
    )
