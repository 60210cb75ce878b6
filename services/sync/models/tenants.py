"""The tenant as this service sees it, and as its stores do: a company."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.rows import Base
from shared.db import Name
from shared.rows import at_most, one_of
from shared.tenancy import TenantMixin
from shared.versioning import Versioned


class Tenant(TenantMixin, Versioned, Base):
    """Made at its first call. It is a company once it has a `code`; only then can stores be served."""

    __tablename__ = "tenants"
    __personal__ = ""
    __table_args__ = (
        one_of("status", "active", "inactive"),
        at_most("code", 20),
        CheckConstraint("point_expiry_months >= 0", name="point_expiry_months"),
        CheckConstraint("points_per_currency >= 0", name="points_per_currency"),
    )

    code: Mapped[str | None] = mapped_column(Name)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    point_expiry_months: Mapped[int] = mapped_column(server_default=text("12"))
    points_per_currency: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("1.00"))
