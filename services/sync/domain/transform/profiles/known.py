"""Every profile by its name."""

from services.sync.domain.transform.profiles.articles import PRODUCT, VARIANT
from services.sync.domain.transform.profiles.people import ADDRESS, CUSTOMER, EMPLOYEE
from services.sync.domain.transform.profiles.sales import SALES_LINE, SALES_RECORD
from services.sync.domain.transform.profiles.storage import BOX_TYPE, LOCATION, STORAGE_ITEM

ALL = (PRODUCT, VARIANT, CUSTOMER, ADDRESS, EMPLOYEE, SALES_RECORD, SALES_LINE, LOCATION, BOX_TYPE, STORAGE_ITEM)
PROFILES = {profile.name: profile for profile in ALL}
