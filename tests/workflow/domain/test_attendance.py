from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.workflow.domain import attendance
from services.workflow.domain.attendance import AttendanceFacts
from services.workflow.domain.geofences import Circle
from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.shifts import Shift

BERLIN = ZoneInfo("Europe/Berlin")
EVENT = datetime(2026, 10, 10, 8, tzinfo=BERLIN)
OFFICE = Circle((52.52, 13.405), 150)
HERE, THERE = (52.5201, 13.4051), (52.53, 13.405)
ADJUSTED = datetime(2026, 11, 5, 9, tzinfo=UTC)


def record(**facts: Any) -> AttendanceFacts:
    given: Mapping[str, Any] = {"id": 1, "event_at": EVENT, "zone": BERLIN} | facts
    return AttendanceFacts(**given)


def at(moment: datetime, **said: Any) -> Ask:
    return Ask(actor="ada", timestamp=moment, **said)


def code(finding: Finding | None) -> str | None:
    return finding.code if finding else None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"fence": OFFICE, "place": HERE}, None),
        ({"fence": OFFICE, "place": THERE}, "outside_geofence"),
        ({"fence": OFFICE}, None),
        ({"place": THERE}, None),
    ],
)
def test_who_is_outside_of_the_fence_is_refused(facts: dict[str, Any], refusal: str | None) -> None:
    assert code(attendance.inside_fence(record(**facts), at(EVENT))) == refusal


@pytest.mark.parametrize(
    ("facts", "refusal", "warning"),
    [
        ({}, None, "no_coordinates"),
        ({"place": HERE}, None, None),
        ({"coordinates_required": True}, "coordinates_missing", None),
        ({"coordinates_required": True, "place": HERE}, None, None),
    ],
)
def test_missing_coordinates_warn_unless_the_tenant_demands_them(
    facts: dict[str, Any], refusal: str | None, warning: str | None
) -> None:
    assert code(attendance.coordinates_given(record(**facts), at(EVENT))) == refusal
    assert code(attendance.place_known(record(**facts), at(EVENT))) == warning


def test_october_closes_when_the_3rd_of_november_ends() -> None:
    end = datetime(2026, 11, 4, tzinfo=BERLIN)
    assert attendance.payroll_open(record(), at(end - timedelta(seconds=1))) is None
    finding = attendance.payroll_open(record(), at(end))
    assert code(finding) == "payroll_cutoff_passed"
    assert "2026-11-03" in str(finding)


def test_an_adjustment_reopens_nothing() -> None:
    moved = record(event_at=ADJUSTED, original_event_at=EVENT)
    assert code(attendance.payroll_open(moved, at(ADJUSTED))) == "payroll_cutoff_passed"


@pytest.mark.parametrize(("hour", "warning"), [(5, None), (9, None), (4, "outside_shift"), (16, "outside_shift")])
def test_an_event_outside_of_its_shift_is_told(hour: int, warning: str | None) -> None:
    facts = record(shift=Shift(time(6), time(14)), event_at=EVENT.replace(hour=hour))
    assert code(attendance.within_shift(facts, at(EVENT))) == warning


def test_a_second_event_is_told() -> None:
    assert code(attendance.only_event(record(has_neighbour=True), at(EVENT))) == "duplicate_event"
    assert attendance.only_event(record(), at(EVENT)) is None


@pytest.mark.parametrize("sent", ["yesterday", "2026-10-10T08:00:00", 5, "2026-13-01T00:00:00Z", ""])
def test_an_adjusted_time_has_a_zone(sent: object) -> None:
    finding = attendance.adjustment_readable(record(), at(EVENT, metadata={"adjusted_time": sent}))
    assert finding is not None
    assert (finding.status, finding.pointer) == (422, "/metadata/adjusted_time")


def test_an_adjustment_moves_the_event_and_keeps_its_first_time() -> None:
    asked = at(ADJUSTED, metadata={"adjusted_time": "2026-10-10T09:00:00+02:00"})
    assert attendance.adjustment_readable(record(), asked) is None
    first = attendance.stamp_adjusted(record(), asked)
    assert first == {"event_at": EVENT.replace(hour=9), "original_event_at": EVENT}
    again = attendance.stamp_adjusted(record(**first), at(ADJUSTED, metadata={"adjusted_time": "2026-10-10T10:00Z"}))
    assert again["original_event_at"] == EVENT
    assert attendance.stamp_adjusted(record(), at(ADJUSTED)) == {}
