"""The machine of attendance records, and what follows when they move."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.models import Attendance
from services.workflow.operations.outgoing import Notice, notify
from services.workflow.operations.transitions.lifecycle import Lifecycle, Move, after
from services.workflow.queries.attendance import load_facts


def _for_payroll(row: Attendance) -> Mapping[str, Any]:
    """What an event tells of a record, so that payroll needs no second question."""
    return {
        "person": row.person,
        "kind": row.kind,
        "event_at": row.event_at.isoformat(),
        "original_event_at": row.original_event_at.isoformat() if row.original_event_at else None,
        "shift_id": row.shift_id,
        "geofence_id": row.geofence_id,
    }


ATTENDANCE = Lifecycle(
    machine="attendance",
    model=Attendance,
    entity="attendance",
    area="attendance",
    facts=load_facts,
    shown=_for_payroll,
)


@after
def notify_employee(session: Session, moves: Sequence[Move]) -> None:
    """Of the decision, with its reason."""
    notify(
        session,
        [
            Notice(
                event=f"attendance.{one.to_state.lower()}",
                recipient=one.row.person,
                entity="attendance",
                entity_id=one.row.id,
                version=one.row.version,
                data={"event_at": one.row.event_at.isoformat(), "reason": one.ask.comments or None},
            )
            for one in moves
        ],
    )
