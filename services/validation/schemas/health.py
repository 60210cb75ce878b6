"""Health reports, thresholds and alerts in JSON."""

import marshmallow as ma

from services.validation.domain.health.thresholds import USUAL
from services.validation.schemas.fields import Body, Flag, KeptSchema, Text, ViewArgs, Whole, read_only
from shared.listing import ListArgs, Several

TIME = "2026-11-21T09:00:00Z"
MAX_HOURS = 8760


class HealthArgs(ViewArgs):
    period_hours = ma.fields.Integer(
        load_default=24,
        strict=False,
        validate=ma.validate.Range(1, MAX_HOURS),
        metadata={"example": 24, "description": "Hours that are looked back on."},
    )
    fresh = ma.fields.Boolean(
        load_default=True, metadata={"example": True, "description": "False: the report that was recorded last."}
    )


class HealthSchema(ma.Schema):
    """How healthy the data is."""

    timestamp = read_only(ma.fields.String, TIME, "When it was made.")
    period_hours = read_only(ma.fields.Integer, 24, "Hours that it looks back on.")
    health_score = read_only(ma.fields.Integer, 95, "From 100 down to 0; healthy from 90.")
    status = read_only(ma.fields.String, "healthy", "healthy or degraded.")
    deductions = ma.fields.List(
        ma.fields.Dict(),
        dump_only=True,
        metadata={"example": [{"reason": "1 integrity issue", "points": 5}], "description": "What the score lacks."},
    )
    checks = read_only(
        ma.fields.Dict,
        {"data_integrity": {"total": 1, "healthy": False}},
        "The figures: data_integrity, xp_activity, scene_xp_awards, character_stats, constraints.",
    )


class HealthHistoryArgs(ViewArgs):
    metric = ma.fields.String(
        load_default="health_score",
        validate=ma.validate.Length(1, 300),
        metadata={"example": "health_score", "description": "A figure of the report, or rule:<set>.<rule>."},
    )
    since = ma.fields.AwareDateTime(
        data_key="from", load_default=None, metadata={"example": TIME, "description": "From this time on."}
    )
    until = ma.fields.AwareDateTime(
        data_key="to", load_default=None, metadata={"example": TIME, "description": "Before this time."}
    )
    step = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(1, MAX_HOURS),
        metadata={"example": 24, "description": "Hours; the last point of each step is shown."},
    )


class HealthPointSchema(ma.Schema):
    at = read_only(ma.fields.AwareDateTime, TIME, "When it was recorded.")
    value = read_only(ma.fields.Float, 95, "What it was.")
    change = read_only(ma.fields.Float, -5, "Against the point before.")


class HealthHistorySchema(ma.Schema):
    metric = read_only(ma.fields.String, "health_score", "The metric.")
    points = ma.fields.List(
        ma.fields.Nested(HealthPointSchema), dump_only=True, metadata={"description": "Oldest first."}
    )
    slope_per_day = read_only(ma.fields.Float, -0.4, "Of the line through the last 30 days.")
    judgement = read_only(ma.fields.String, "normal", "Of the newest point: learning, normal or anomaly.")
    expected = read_only(ma.fields.Dict, {"from": 92.0, "to": 98.0}, "Where the newest point was expected.")


class ThresholdSchema(KeptSchema):
    metric = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(list(USUAL)),
        metadata={"example": "xp_spend_time", "description": "What is measured."},
    )
    target = ma.fields.Decimal(
        required=True,
        as_string=True,
        places=2,
        validate=ma.validate.Range(0, 10**9),
        metadata={"example": "200.00", "description": "What is aimed at."},
    )
    alert = ma.fields.Decimal(
        required=True,
        as_string=True,
        places=2,
        validate=ma.validate.Range(0, 10**9),
        metadata={"example": "500.00", "description": "Beyond this it alarms."},
    )
    action = Text(200, example="review performance", metadata={"description": "What to do then."})
    window_hours = Whole(
        1, MAX_HOURS, example=24, metadata={"description": "An alert that stays is told again after so many hours."}
    )
    anomaly_alert = Flag(
        metadata={"example": False, "description": "Whether a figure out of the ordinary alarms, too."}
    )
    active = Flag(metadata={"example": True, "description": "Whether it is judged at all."})


class ThresholdArgs(ListArgs):
    metric = Several(ma.fields.String(metadata={"example": "xp_spend_time"}))


class AlertSchema(KeptSchema):
    group = read_only(ma.fields.String, "integrity", "integrity, activity, performance or constraints.")
    severity = read_only(ma.fields.String, "warning", "warning or critical.")
    state = read_only(ma.fields.String, "open", "open, acknowledged, muted or resolved.")
    breaches = ma.fields.List(
        ma.fields.Dict(),
        dump_only=True,
        metadata={
            "example": [{"metric": "health_score", "value": 85, "text": "health_score is 85, below the limit of 90"}],
            "description": "What alarms.",
        },
    )
    told_at = read_only(ma.fields.AwareDateTime, TIME, "When it was told last.")
    muted_until = read_only(ma.fields.AwareDateTime, TIME, "Until when it is silent.")
    resolved_at = read_only(ma.fields.AwareDateTime, TIME, "When it was over.")
    handled_by = read_only(ma.fields.String, "grace", "Who acknowledged, muted or resolved it.")
    reason = read_only(ma.fields.String, "Import is running.", "What that person said.")
    ticket = read_only(ma.fields.Integer, 17, "The number of its ticket in workflow, once there is one.")


class AlertArgs(ListArgs):
    state = Several(ma.fields.String(metadata={"example": "open"}))
    group = Several(ma.fields.String(metadata={"example": "integrity"}))
    severity = Several(ma.fields.String(metadata={"example": "critical"}))


class AlertAsk(Body):
    reason = Text(500, example="Import is running.", load_default="", metadata={"description": "Why."})


class AlertMuteAsk(AlertAsk):
    until = ma.fields.AwareDateTime(
        required=True, metadata={"example": TIME, "description": "Until when it is silent."}
    )
