"""Attendance records, and the geofences and shifts that they are held against."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, Double, Index, Time, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import Base, Kept, Living, in_states_of, not_negative
from shared.db import Name
from shared.rows import at_most, belongs_to, one_of, unique


class Geofence(Kept, Base):
    """A circle (centre and radius) or a polygon (`vertices`, pairs of latitude and longitude)."""

    __tablename__ = "geofences"
    __table_args__ = (
        unique("name"),
        one_of("kind", "circle", "polygon"),
        at_most("name", 200),
        CheckConstraint("radius_m between 1 and 100000", name="radius_m"),
        CheckConstraint(
            "case kind when 'circle' then num_nonnulls(latitude, longitude, radius_m) = 3 and vertices is null"
            " else num_nonnulls(latitude, longitude, radius_m) = 0 and"
            " jsonb_array_length(vertices) between 3 and 200 end",
            name="shape",
        ),
    )

    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    radius_m: Mapped[float | None] = mapped_column(Double)
    vertices: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))

    @property
    def centre(self) -> list[float] | None:
        return None if self.latitude is None or self.longitude is None else [self.latitude, self.longitude]


class Shift(Kept, Base):
    """Local times of the tenant; an end at or before the start lies on the next day."""

    __tablename__ = "shifts"
    __table_args__ = (unique("name"), at_most("name", 200))

    name: Mapped[str] = mapped_column(Name)
    start_time: Mapped[time] = mapped_column(Time)
    end_time: Mapped[time] = mapped_column(Time)


class Attendance(Living, Base):
    """`original_event_at` is the first value of `event_at`, once an adjustment has moved it."""

    __tablename__ = "attendance"
    __table_args__ = (
        belongs_to("geofences", "geofence_id"),
        belongs_to("shifts", "shift_id"),
        in_states_of("attendance"),
        one_of("kind", "check_in", "check_out"),
        CheckConstraint("latitude between -90 and 90", name="latitude"),
        CheckConstraint("longitude between -180 and 180", name="longitude"),
        CheckConstraint("(latitude is null) = (longitude is null)", name="coordinates"),
        not_negative("accuracy_m"),
        at_most("person", 100),
        at_most("device_id", 100),
        at_most("remarks", 1000),
        Index("ix_attendance_state", "tenant_id", "state", "id"),
        Index("ix_attendance_created", "tenant_id", "created_at", "id"),
        Index("ix_attendance_person", "tenant_id", "person", "event_at"),
        Index("ix_attendance_event", "tenant_id", "event_at"),
    )

    person: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(server_default=text("'check_in'"))
    event_at: Mapped[datetime]
    original_event_at: Mapped[datetime | None]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    geofence_id: Mapped[int | None]
    shift_id: Mapped[int | None]
    device_id: Mapped[str | None]
    remarks: Mapped[str | None]
    locked_at: Mapped[datetime | None]
