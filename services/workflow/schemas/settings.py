"""The tenant's own settings, and the flags of the service."""

from typing import Any
from zoneinfo import available_timezones

import marshmallow as ma

from services.workflow.schemas.fields import Body, Text, read_only, version_read
from shared.auditing.models import EventType

LONGEST_RETENTION = 3650


def _known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ma.ValidationError(f"unknown_time_zone|{name} is no time zone; take a name like Europe/Berlin.")


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
    version = version_read()
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")
    updated_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z")


class FeaturesSchema(ma.Schema):
    """The flags as they stand."""

    ENABLE_AUDIT_SIGNALS = ma.fields.Boolean(required=True)
    ENABLE_BULK_OPERATIONS = ma.fields.Boolean(required=True)
    ENABLE_SEARCH_RATE_LIMITING = ma.fields.Boolean(required=True)
