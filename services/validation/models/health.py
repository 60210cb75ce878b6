"""Monitoring: recorded reports with a point per metric, limits that alarm, alerts, and how operations ended."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Double, Index, Integer, Numeric, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.validation.domain.health.alerts import State
from services.validation.domain.health.thresholds import Group, Severity
from services.validation.models.rows import Base, Kept
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique
from shared.tenancy import TenantOwned

ZERO = text("0")


class HealthReport(Row, Base):
    """A report as it was recorded."""

    __tablename__ = "health_reports"
    __table_args__ = (
        CheckConstraint("health_score between 0 and 100", name="health_score"),
        CheckConstraint("period_hours between 1 and 8760", name="period_hours"),
        Index("ix_health_reports_newest", "tenant_id", "created_at", "id"),
    )

    period_hours: Mapped[int] = mapped_column(Integer)
    health_score: Mapped[int] = mapped_column(Integer)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)


class HealthPoint(TenantOwned, Base):
    """One metric of one report."""

    __tablename__ = "health_points"
    __table_args__ = (
        belongs_to("health_reports", "report_id", ondelete="CASCADE"),
        Index("ix_health_points_metric", "tenant_id", "metric", "recorded_at"),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(Name, primary_key=True)
    value: Mapped[float] = mapped_column(Double)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Threshold(Kept, Base):
    """The limits of a metric. A tenant starts with those in domain/health/thresholds.py, which hold without a row."""

    __tablename__ = "thresholds"
    __table_args__ = (
        unique("metric", name="unique_threshold"),
        at_most("metric", 100),
        at_most("action", 200),
        CheckConstraint("window_hours between 1 and 8760", name="window_hours"),
    )

    metric: Mapped[str] = mapped_column(Name)
    target: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    alert: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    action: Mapped[str] = mapped_column(server_default=text("''"))
    window_hours: Mapped[int] = mapped_column(Integer, server_default=text("24"))
    anomaly_alert: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Alert(Kept, Base):
    """Breaches of one group, from the first until everything in it is normal again.

    `ticket` is the number in workflow of the ticket that was asked for, `untold` the news that wait for it; null where
    none was asked for.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint('"group" in (' + ", ".join(repr(str(group)) for group in Group) + ")", name="group"),
        one_of("severity", *Severity),
        one_of("state", *State),
        CheckConstraint("(state = 'resolved') = (resolved_at is not null)", name="resolved"),
        CheckConstraint("(state = 'muted') = (muted_until is not null)", name="muted"),
        at_most("reason", 500),
        Index("unique_live_alert", "tenant_id", "group", unique=True, postgresql_where=text("state <> 'resolved'")),
        Index("ix_alerts_newest", "tenant_id", "created_at", "id"),
    )

    group: Mapped[str] = mapped_column("group", Name)
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    breaches: Mapped[list[Any]] = mapped_column(JSONB)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now())
    muted_until: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    handled_by: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    ticket: Mapped[int | None]
    untold: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))


class OperationStat(TenantOwned, Base):
    """How often an operation ended in which way within one minute. `durations` are counts per bucket of time."""

    __tablename__ = "operation_stats"
    __table_args__ = (
        one_of("outcome", "accepted", "refused", "failed", "stopped"),
        CheckConstraint("count >= 1", name="count"),
        Index("ix_operation_stats_age", "minute"),
    )

    operation: Mapped[str] = mapped_column(Name, primary_key=True)
    outcome: Mapped[str] = mapped_column(Name, primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default=text("1"))
    durations: Mapped[list[int]] = mapped_column(ARRAY(Integer))
