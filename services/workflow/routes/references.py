"""What items refer to: vendors, geofences and shifts."""

from flask_smorest import Blueprint

from services.workflow.models import Geofence, Shift, Vendor
from services.workflow.operations.attendance.fences import check_shape
from services.workflow.schemas import attendance
from services.workflow.schemas import work_orders as schemas
from shared.resources import Plain, register

blueprint = Blueprint("references", __name__, description="What items refer to.")
VENDORS = Plain(
    "vendors",
    Vendor,
    schemas.VendorSchema,
    schemas.VendorArgs,
    view="reference.view",
    manage="reference.manage",
    delete="reference.delete",
    orderings={"name": Vendor.name},
    default="name",
    filters={"name": Vendor.name, "active": Vendor.active},
)
GEOFENCES = Plain(
    "geofences",
    Geofence,
    attendance.GeofenceSchema,
    attendance.GeofenceArgs,
    view="reference.view",
    manage="reference.manage",
    delete="reference.delete",
    orderings={"name": Geofence.name},
    default="name",
    filters={"name": Geofence.name, "kind": Geofence.kind},
    check=check_shape,
)
SHIFTS = Plain(
    "shifts",
    Shift,
    attendance.ShiftSchema,
    attendance.ShiftArgs,
    view="reference.view",
    manage="reference.manage",
    delete="reference.delete",
    orderings={"name": Shift.name},
    default="name",
    filters={"name": Shift.name},
)
for resource in (VENDORS, GEOFENCES, SHIFTS):
    register(blueprint, resource)
