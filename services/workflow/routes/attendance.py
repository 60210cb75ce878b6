"""Attendance records."""

from flask_smorest import Blueprint

from services.workflow.models import Attendance
from services.workflow.operations.attendance.entity import ATTENDANCES
from services.workflow.routes import bulk
from services.workflow.routes.items import Items, register, time_filters
from services.workflow.schemas import attendance as schemas
from shared import listing

blueprint = Blueprint("attendance", __name__, description="Who came and went, approved or adjusted, then locked.")

RESOURCE = Items(
    entity=ATTENDANCES,
    schema=schemas.AttendanceSchema,
    changes=schemas.AttendanceChange,
    args=schemas.AttendanceArgs,
    filters=time_filters(Attendance, "event")
    | {
        "kind": listing.one_of(Attendance.kind),
        "person": listing.one_of(Attendance.person),
        "geofence": listing.one_of(Attendance.geofence_id),
        "shift": listing.one_of(Attendance.shift_id),
    },
    orderings={"event_at": Attendance.event_at, "person": Attendance.person},
)
register(blueprint, RESOURCE)
bulk.register(blueprint, RESOURCE)
