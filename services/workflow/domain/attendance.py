"""What must be true of an attendance record before it moves, what is worth a warning, and what an adjustment stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.workflow.domain import payroll
from services.workflow.domain.geofences import Fence, Place
from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.registry import guard, note, stamp
from services.workflow.domain.shifts import Shift
from services.workflow.domain.working_time import is_countable

SAME_EVENT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceFacts:
    """`has_neighbour`: the person has another event within SAME_EVENT of this one."""

    id: int
    event_at: datetime
    original_event_at: datetime | None = None
    place: Place | None = None
    fence: Fence | None = None
    shift: Shift | None = None
    zone: ZoneInfo
    cutoff_days: int = 3
    coordinates_required: bool = False
    has_neighbour: bool = False

    @property
    def first_event_at(self) -> datetime:
        """The time that decides about the month, whatever an adjustment said later."""
        return self.original_event_at or self.event_at


@guard
def payroll_open(record: AttendanceFacts, ask: Ask) -> Finding | None:
    end = payroll.cutoff(record.first_event_at, record.zone, days=record.cutoff_days)
    if ask.timestamp < end:
        return None
    last_day = (end.astimezone(record.zone) - timedelta(microseconds=1)).date()
    return Finding("payroll_cutoff_passed", f"Payroll has closed this month; approval was possible until {last_day}.")


@guard
def inside_fence(record: AttendanceFacts, _ask: Ask) -> Finding | None:
    if record.place is None or record.fence is None or record.fence.contains(record.place):
        return None
    return Finding("outside_geofence", "The record lies outside of its geofence.")


@guard
def coordinates_given(record: AttendanceFacts, _ask: Ask) -> Finding | None:
    if record.place is not None or not record.coordinates_required:
        return None
    return Finding("coordinates_missing", "The record has no coordinates, which this tenant demands.", "/latitude")


@guard
def place_known(record: AttendanceFacts, _ask: Ask) -> Finding | None:
    """A warning; where the tenant demands coordinates it is a refusal instead."""
    if record.place is not None or record.coordinates_required:
        return None
    return Finding("no_coordinates", "The record has no coordinates, so that nobody can say where it was made.")


@guard
def within_shift(record: AttendanceFacts, _ask: Ask) -> Finding | None:
    """A warning."""
    if record.shift is None or record.shift.covers(record.event_at, record.zone):
        return None
    return Finding("outside_shift", "The event lies more than an hour outside of its shift.")


@guard
def only_event(record: AttendanceFacts, _ask: Ask) -> Finding | None:
    """A warning."""
    if not record.has_neighbour:
        return None
    return Finding("duplicate_event", "The person has a second event at most five minutes before or after.")


@guard
def adjustment_readable(_record: AttendanceFacts, ask: Ask) -> Finding | None:
    sent = ask.metadata.get("adjusted_time")
    if sent is None or read_time(sent) is not None:
        return None
    detail = "adjusted_time is a time with its zone, such as 2026-10-10T08:00:00Z."
    return Finding("invalid_time", detail, "/metadata/adjusted_time", 422)


@stamp
def stamp_adjusted(record: AttendanceFacts, ask: Ask) -> Mapping[str, Any]:
    adjusted = read_time(ask.metadata.get("adjusted_time"))
    return {} if adjusted is None else {"event_at": adjusted, "original_event_at": record.first_event_at}


@note
def note_adjustment(record: AttendanceFacts, ask: Ask) -> Mapping[str, Any]:
    """Reason and new time, where there is one, come with the request."""
    return {"adjusted_by": ask.actor, "original_time": _told(record.first_event_at)}


@stamp
def stamp_locked(_record: AttendanceFacts, ask: Ask) -> Mapping[str, Any]:
    return {"locked_at": ask.timestamp}


def read_time(sent: object) -> datetime | None:
    """A time with its zone in RFC 3339; None for anything else."""
    try:
        moment = datetime.fromisoformat(sent) if isinstance(sent, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None and is_countable(moment) else None


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
