"""Attendance as an entity: who was where does not change, what is said about it does."""

from services.workflow.models import Geofence, Shift
from services.workflow.operations.attendance.lifecycle import ATTENDANCE
from services.workflow.operations.entities import Entity, Shortcut

ATTENDANCES = Entity(
    lifecycle=ATTENDANCE,
    path="attendance",
    shortcuts={
        "approve": Shortcut("APPROVED"),
        "reject": Shortcut("REJECTED", comments=True),
        "lock": Shortcut("LOCKED"),
    },
    editable=frozenset({"remarks"}),
    editable_by_all=frozenset({"shift_id", "geofence_id"}),
    references={"geofence_id": Geofence, "shift_id": Shift},
    assignable=False,
)
