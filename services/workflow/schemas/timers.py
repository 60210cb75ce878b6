"""Clocks and timers in JSON; durations in seconds that count (all of them, or those of the tenant's working hours)."""

import marshmallow as ma


class ClockSchema(ma.Schema):
    """Time that an item has spent towards a target; `due_at` is when it will be spent, while the clock runs."""

    name = ma.fields.String(required=True, metadata={"example": "resolution"})
    status = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["running", "paused", "met", "breached"]),
        metadata={"example": "running"},
    )
    target_seconds = ma.fields.Float(required=True, metadata={"example": 86400.0})
    spent_seconds = ma.fields.Float(required=True, metadata={"example": 5400.0})
    remaining_seconds = ma.fields.Float(
        required=True, metadata={"example": 81000.0, "description": "0 after a breach."}
    )
    percent = ma.fields.Float(required=True, metadata={"example": 6.25, "description": "Of the target."})
    working_time = ma.fields.Boolean(required=True, metadata={"description": "Counts the tenant's working hours only."})
    started_at = ma.fields.DateTime(required=True)
    due_at = ma.fields.DateTime(required=True, allow_none=True)
    warned_at = ma.fields.DateTime(required=True, allow_none=True)
    breached_at = ma.fields.DateTime(required=True, allow_none=True)
    ended_at = ma.fields.DateTime(required=True, allow_none=True)


class TimerSchema(ma.Schema):
    """What happens to the item at a time, unless it leaves its state before."""

    name = ma.fields.String(required=True, metadata={"example": "close_resolved"})
    state = ma.fields.String(required=True, metadata={"example": "RESOLVED"})
    due_at = ma.fields.DateTime(required=True)


class ClocksSchema(ma.Schema):
    clocks = ma.fields.List(ma.fields.Nested(ClockSchema), required=True)
    timers = ma.fields.List(ma.fields.Nested(TimerSchema), required=True)
