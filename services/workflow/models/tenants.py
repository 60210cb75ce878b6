"""The tenant as this service sees it, and the numbers that it has given out."""

from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import Base
from shared.db import Name
from shared.rows import one_of
from shared.tenancy import TenantMixin, TenantOwned
from shared.versioning import Versioned


class Tenant(TenantMixin, Versioned, Base, first_version=0):
    """Made at its first call. `retention_days` is by event type, for what is kept longer than usual; `working_hours`
    by weekday; `timer_hours` by machine and timer, where a timer is off or due otherwise than defined.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        one_of("status", "active", "inactive"),
        CheckConstraint("payroll_cutoff_days between 0 and 31", name="payroll_cutoff_days"),
        CheckConstraint("default_sla_hours between 1 and 8760", name="default_sla_hours"),
    )

    payroll_cutoff_days: Mapped[int] = mapped_column(server_default=text("3"))
    default_sla_hours: Mapped[int] = mapped_column(server_default=text("24"))
    coordinates_required: Mapped[bool] = mapped_column(server_default=text("false"))
    final_inspection_required: Mapped[bool] = mapped_column(server_default=text("false"))
    retention_days: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    working_hours: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    timer_hours: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))


class Counter(TenantOwned, Base):
    """The last number given out for a kind of item."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(Name, primary_key=True)
    last: Mapped[int]
