"""What items refer to: vendors, geofences and shifts."""

from flask_smorest import Blueprint

from services.workflow.models import Geofence, Shift, Vendor
from services.workflow.operations.attendance.fences import check_shape
from services.workflow.routes.resources import Plain, register
from services.workflow.schemas import attendance
from services.workflow.schemas import work_orders as schemas
from shared import listing

blueprint = Blueprint("references", __name__, description="What items refer to.")
VENDORS = Plain(
    "vendors",
    Vendor,
    schemas.VendorSchema,
    schemas.VendorArgs,
    view="reference.view",
    manage="reference.manage",
    delete="reference.delete",
    filters={"name": listing.one_of(Vendor.name), "active": listing.one_of(Vendor.active)},
)
GEOFENCES = Plain(
    "geofences",
    Geofence,
    attendance.GeofenceSchema,
    attendance.GeofenceArgs,
    view="reference.view",
    manage="reference.manage",
    delete="reference.delete",
    filters={"name": listing.one_of(Geofence.name), "kind": listing.one_of(Geofence.kind)},
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
    filters={"name": listing.one_of(Shift.name)},
)
for resource in (VENDORS, GEOFENCES, SHIFTS):
    register(blueprint, resource)
