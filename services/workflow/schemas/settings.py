"""The tenant's own settings, and the flags of the service."""

from collections.abc import Mapping, Sequence
from datetime import time
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import marshmallow as ma

from services.workflow.domain.machines.shipped import machines
from services.workflow.domain.working_time import WEEKDAYS
from services.workflow.schemas.fields import Body, Text, read_only, version_read
from shared.auditing.models import EventType

LONGEST_RETENTION = 3650


def _known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ma.ValidationError(f"unknown_time_zone|{name} is no time zone; take a name like Europe/Berlin.")


def _known_timers(hours: Mapping[str, Any]) -> None:
    known = {f"{machine.name}.{timer.name}" for machine in machines().values() for timer in machine.timers}
    unknown = sorted(hours.keys() - known)
    if unknown:
        raise ma.ValidationError(f"unknown_timer|There is no timer {', '.join(unknown)}.")


def _real_hours(hours: Mapping[str, Sequence[Sequence[time]]]) -> None:
    """Spans of a day follow each other; who names any day leaves at least one hour to work in."""
    for day, spans in hours.items():
        times = [moment for span in spans for moment in span]
        if times and times[-1] == time():
            times[-1] = time.max
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ma.ValidationError(f"invalid_hours|The hours of {day} do not follow each other.")
    if hours and not any(hours.values()):
        raise ma.ValidationError("invalid_hours|Leave at least one day to work on, or name none.")


class WorkingHours(ma.fields.Dict):
    """Loaded as it is stored: weekday to pairs of texts such as `09:00:00`."""

    def __init__(self, **options: Any) -> None:
        span = ma.fields.List(ma.fields.Time(), validate=ma.validate.Length(equal=2), metadata={"example": ["09:00"]})
        super().__init__(
            keys=ma.fields.String(validate=ma.validate.OneOf(WEEKDAYS)), values=ma.fields.List(span), **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        hours = super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        _real_hours(hours)
        return {day: [[moment.isoformat() for moment in span] for span in spans] for day, spans in hours.items()}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:  # noqa: ARG002
        return value


class SettingsSchema(Body):
    """How the tenant works. `version` in a request is the version that was read."""

    name = read_only(ma.fields.String, "Demo")
    time_zone = Text(64, example="Europe/Berlin", validate=[_known_zone])
    payroll_cutoff_days = ma.fields.Integer(
        strict=True,
        validate=ma.validate.Range(0, 31),
        metadata={"example": 3, "description": "Days after the end of a month in which its records are approved."},
    )
    default_sla_hours = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 8760), metadata={"example": 24})
    coordinates_required = ma.fields.Boolean(metadata={"description": "Attendance is approved with a place only."})
    final_inspection_required = ma.fields.Boolean(metadata={"description": "Orders are closed after inspection only."})
    if_match_required = ma.fields.Boolean(metadata={"description": "Every change needs If-Match."})
    retention_days: Any = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.OneOf([str(word) for word in EventType])),
        values=ma.fields.Integer(strict=True, validate=ma.validate.Range(1, LONGEST_RETENTION)),
        metadata={"example": {"DELETED": 365}, "description": "By event type, where longer than usual."},
    )
    working_hours: Any = WorkingHours(
        metadata={
            "example": {"monday": [["09:00", "12:00"], ["13:00", "17:30"]]},
            "description": "Local times that clocks and timers in working time count; with none every hour counts.",
        }
    )
    timer_hours: Any = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Float(
            allow_none=True, validate=ma.validate.Range(0, 8760, min_inclusive=False), metadata={"example": 72}
        ),
        validate=_known_timers,
        metadata={
            "example": {},
            "description": "Hours by machine and timer, other than the definition says; null switches one off.",
        },
    )
    version = version_read()
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    updated_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")


class FeaturesSchema(ma.Schema):
    """The flags as they stand."""

    ENABLE_AUDIT_SIGNALS = ma.fields.Boolean(required=True)
    ENABLE_BULK_OPERATIONS = ma.fields.Boolean(required=True)
    ENABLE_SEARCH_RATE_LIMITING = ma.fields.Boolean(required=True)
