"""Schedules in JSON."""

import marshmallow as ma

from services.validation.schemas.fields import Body, Flag, Text, read_only
from shared.listing import ListArgs, Several

NIGHT = "2026-11-22T09:00:00Z"


class ScheduleSchema(ma.Schema):
    """When a kind of job is due."""

    id = read_only(ma.fields.Integer, 3, "Its number.")
    name = read_only(ma.fields.String, "daily report", "What it is called.")
    kind = read_only(ma.fields.String, "validation.report", "The kind of job.")
    cron = read_only(ma.fields.String, "0 9 * * *", "Minute, hour, day of month, month and day of week.")
    time_zone = read_only(ma.fields.String, "UTC", "Where these are told.")
    active = read_only(ma.fields.Boolean, True, "Whether it fires at all.")
    next_run_at = read_only(ma.fields.AwareDateTime, NIGHT, "When it fires next.")
    last_run_at = read_only(ma.fields.AwareDateTime, "2026-11-21T09:00:00Z", "When it fired last.")


class ScheduleChangeSchema(Body):
    cron = Text(
        100,
        example="30 8 * * 1-5",
        blank=False,
        metadata={"description": "Minute, hour, day of month, month and day of week."},
    )
    time_zone = Text(
        100, example="Europe/Berlin", blank=False, metadata={"description": "Where these are told, by its IANA name."}
    )
    active = Flag(metadata={"example": True, "description": "Whether it fires at all."})


class ScheduleArgs(ListArgs):
    name = Several(ma.fields.String(metadata={"example": "daily report"}))
    kind = Several(ma.fields.String(metadata={"example": "validation.report"}))
