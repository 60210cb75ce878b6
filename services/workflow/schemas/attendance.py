"""Attendance records, geofences and shifts in JSON."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from services.workflow.schemas.fields import KeptSchema, LivingSchema, Moment, Person, Reference, Text, Word, read_only
from services.workflow.schemas.items import ItemArgs, change_schema, key
from shared.listing import ListArgs, Several

_PLACE = {"latitude": 52.52, "longitude": 13.405}


def latitude(**options: Any) -> ma.fields.Float:
    return ma.fields.Float(validate=ma.validate.Range(-90, 90), metadata={"example": 52.52}, **options)


def longitude(**options: Any) -> ma.fields.Float:
    return ma.fields.Float(validate=ma.validate.Range(-180, 180), metadata={"example": 13.405}, **options)


class PlaceSchema(ma.Schema):
    """Degrees on WGS 84; also understood as the list of the two, which is how a place is stored."""

    class Meta:
        unknown = ma.RAISE

    latitude = latitude(required=True)
    longitude = longitude(required=True)

    @ma.pre_load
    def _from_list(self, data: Any, **_options: Any) -> Any:
        return dict(zip(_PLACE, data, strict=True)) if isinstance(data, list) and len(data) == 2 else data

    @ma.post_load
    def _to_list(self, place: Mapping[str, float], **_options: Any) -> list[float]:
        return [place["latitude"], place["longitude"]]

    @ma.pre_dump
    def _from_stored(self, place: Any, **_options: Any) -> Any:
        return dict(zip(_PLACE, place, strict=True))


class GeofenceSchema(KeptSchema):
    """A circle has a centre and `radius_m`, a polygon its `vertices` in order; the border is inside.

    The centre may be sent as `centre` or as `latitude` and `longitude`; both are told.
    """

    name = Text(200, least=1, required=True, example="Head office")
    kind = Word("circle", "polygon", lower=True, required=True)
    centre = ma.fields.Nested(PlaceSchema, allow_none=True)
    latitude = latitude(allow_none=True)
    longitude = longitude(allow_none=True)
    radius_m = ma.fields.Float(
        allow_none=True, validate=ma.validate.Range(1, 100_000), metadata={"example": 150, "description": "Metres."}
    )
    vertices = ma.fields.List(
        ma.fields.Nested(PlaceSchema),
        allow_none=True,
        validate=ma.validate.Length(3, 200, error="vertices|A polygon has 3 to 200 vertices."),
        metadata={"example": [_PLACE, {"latitude": 52.53, "longitude": 13.4}, {"latitude": 52.53, "longitude": 13.41}]},
    )


class ShiftSchema(KeptSchema):
    """Local times of the tenant; an end at or before the start lies on the next day."""

    name = Text(200, least=1, required=True, example="Night")
    start_time = ma.fields.Time(required=True, metadata={"example": "22:00:00"})
    end_time = ma.fields.Time(required=True, metadata={"example": "06:00:00"})


class AttendanceSchema(LivingSchema):
    """That a person came or went. `original_event_at` is the first value of a time that was adjusted."""

    person = Person(required=True)
    kind = Word("check_in", "check_out", lower=True)
    event_at = Moment(required=True)
    original_event_at = read_only(ma.fields.DateTime, None)
    latitude = latitude(allow_none=True)
    longitude = longitude(allow_none=True)
    accuracy_m = ma.fields.Float(
        allow_none=True, validate=ma.validate.Range(min=0), metadata={"example": 12.5, "description": "Metres."}
    )
    geofence_id = Reference(allow_none=True)
    shift_id = Reference(allow_none=True)
    device_id = Text(100, example="tablet-4", allow_none=True)
    remarks = Text(1000, example="The bus was late.", allow_none=True)
    locked_at = read_only(ma.fields.DateTime, None)

    @ma.validates_schema
    def _demand_both_or_neither(self, data: Mapping[str, Any], **_options: Any) -> None:
        missing = [name for name in _PLACE if data.get(name) is None]
        if len(missing) == 1:
            detail = f"Coordinates are latitude and longitude; {missing[0]} is missing."
            raise ma.ValidationError(f"required|{detail}", missing[0])


AttendanceChange = change_schema(AttendanceSchema, frozenset({"remarks", "shift_id", "geofence_id"}))


class AttendanceArgs(ItemArgs):
    kind = Several(Word("check_in", "check_out", lower=True))
    person = Several(ma.fields.String(metadata={"example": "ada"}))
    geofence = Several(key())
    shift = Several(key())
    event_after = Moment()
    event_before = Moment()


class GeofenceArgs(ListArgs):
    name = Several(ma.fields.String(metadata={"example": "Head office"}))
    kind = Several(Word("circle", "polygon", lower=True))


class ShiftArgs(ListArgs):
    name = Several(ma.fields.String(metadata={"example": "Night"}))
