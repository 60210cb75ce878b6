"""The tenant as this service sees it."""

from services.validation.models.rows import Base
from shared.rows import one_of
from shared.tenancy import TenantMixin
from shared.versioning import Versioned


class Tenant(TenantMixin, Versioned, Base):
    """Made at its first call, with its gamelines and the traits that it starts with."""

    __tablename__ = "tenants"
    __table_args__ = (one_of("status", "active", "inactive"),)
