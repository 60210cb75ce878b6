"""What items refer to: vendors."""

from flask_smorest import Blueprint

from services.workflow.models import Vendor
from services.workflow.routes.resources import Plain, register
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
register(blueprint, VENDORS)
