"""Attendance: what is recorded and refused; approval by fence and cutoff, adjustment, locking."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.workflow.config import ROLE_PERMISSIONS
from services.workflow.domain.machines.asking import Ask
from services.workflow.operations.attendance.lifecycle import ATTENDANCE
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move
from shared.app import ServiceApp
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import ago, audit_rows, made, moved, record

OFFICE = {"name": "Office", "kind": "circle", "centre": {"latitude": 52.52, "longitude": 13.405}, "radius_m": 150}
HERE = {"latitude": 52.5201, "longitude": 13.4051}
THERE = {"latitude": 52.53, "longitude": 13.405}
REASON = {"metadata": {"adjustment_reason": "The clock was wrong."}}
LONG_AGO = "2020-10-10T08:00:00Z"


def refusal(person: Person, address: str, target: str, **body: Any) -> tuple[int, str]:
    answer = person.post(f"{address}/transition", {"target_state": target} | body)
    return answer.status_code, answer.get_json()["code"]


def warnings(result: dict[str, Any]) -> list[str]:
    return [text.partition(":")[0] for text in result["warnings"]]


def test_a_new_record_has_the_defaults(ada: Person) -> None:
    row = record(ada)
    expected = {"kind": "check_in", "state": "PENDING", "original_event_at": None, "locked_at": None, "version": 0}
    assert expected.items() <= row.items()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"person": None}, "/person", "null"),
        ({"person": "two words"}, "/person", "invalid_id"),
        ({"event_at": "2026-10-10T08:00:00"}, "/event_at", "invalid"),
        ({"event_at": "yesterday"}, "/event_at", "invalid"),
        ({"event_at": "9999-12-31T23:59:59Z"}, "/event_at", "out_of_range"),
        ({"event_at": "0001-01-01T00:00:00+14:00"}, "/event_at", "out_of_range"),
        ({"latitude": 52.5}, "/longitude", "required"),
        ({"longitude": 13.4}, "/latitude", "required"),
        ({"latitude": 90.5, "longitude": 13.4}, "/latitude", "invalid"),
        ({"latitude": 52.5, "longitude": -180.5}, "/longitude", "invalid"),
        ({"accuracy_m": -1}, "/accuracy_m", "invalid"),
        ({"device_id": "x" * 101}, "/device_id", "too_long"),
        ({"remarks": "x" * 1001}, "/remarks", "too_long"),
        ({"geofence_id": 999_999}, "/geofence_id", "unknown_reference"),
        ({"shift_id": 999_999}, "/shift_id", "unknown_reference"),
        ({"locked_at": LONG_AGO}, "/locked_at", "read_only"),
        ({"original_event_at": LONG_AGO}, "/original_event_at", "read_only"),
        ({"state": "APPROVED"}, "/state", "read_only"),
    ],
)
def test_what_a_record_refuses(ada: Person, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = ada.post("attendance", {"person": "grace", "event_at": LONG_AGO} | body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == [(pointer, code)]


def test_the_fence_of_another_tenant_is_unknown(ada: Person, person: MakePerson) -> None:
    foreign = made(person(tenant_id=uuid.uuid4()), "geofences", **OFFICE)
    answer = ada.post("attendance", {"person": "grace", "event_at": LONG_AGO, "geofence_id": foreign["id"]})
    assert codes(answer) == ["unknown_reference"]


@pytest.mark.parametrize("field", ["person", "latitude", "longitude", "accuracy_m", "device_id", "event_at", "kind"])
def test_who_was_where_does_not_change(ada: Person, field: str) -> None:
    answer = ada.patch(f"attendance/{record(ada)['id']}", {field: "bob"})
    assert (answer.status_code, codes(answer)) == (422, ["protected_field"])
    assert "protected" in answer.get_json()["detail"]


def test_edits_by_permission(ada: Person, person: MakePerson) -> None:
    address = f"attendance/{record(ada)['id']}"
    fence = made(ada, "geofences", **OFFICE)
    operator = person(sub="bob", roles=["operator"])
    assert operator.patch(address, {"remarks": "The bus was late."}).get_json()["remarks"] == "The bus was late."
    assert operator.patch(address, {"geofence_id": fence["id"]}).get_json()["code"] == "field_not_permitted"
    assert ada.patch(address, {"geofence_id": fence["id"]}).get_json()["geofence_id"] == fence["id"]
    assert ada.delete(f"geofences/{fence['id']}").get_json()["code"] == "in_use"


@pytest.mark.parametrize(
    ("places", "outcome"),
    [
        (HERE, 200),
        (THERE, "outside_geofence"),
        ({"latitude": 52.52, "longitude": 13.405}, 200),
    ],
)
def test_approval_looks_at_the_fence(ada: Person, places: dict[str, float], outcome: int | str) -> None:
    fence = made(ada, "geofences", **OFFICE)
    address = f"attendance/{record(ada, geofence_id=fence['id'], **places)['id']}"
    answer = ada.post(f"{address}/approve")
    assert outcome in (answer.status_code, answer.get_json().get("code"))
    assert ada.get(address).get_json()["state"] == ("APPROVED" if outcome == 200 else "PENDING")


def test_locking_looks_at_the_fence_again(ada: Person) -> None:
    fence = made(ada, "geofences", **OFFICE)
    address = f"attendance/{record(ada, geofence_id=fence['id'], **HERE)['id']}"
    moved(ada, address, "APPROVED")
    ada.patch(f"geofences/{fence['id']}", {"centre": THERE})
    assert refusal(ada, address, "LOCKED") == (409, "outside_geofence")


def test_without_a_fence_any_place_is_good(ada: Person) -> None:
    assert moved(ada, f"attendance/{record(ada, **THERE)['id']}", "APPROVED")["warnings"] == []


def test_without_coordinates_there_is_a_warning_or_a_refusal(ada: Person) -> None:
    fence = made(ada, "geofences", **OFFICE)
    address = f"attendance/{record(ada, geofence_id=fence['id'])['id']}"
    assert warnings(moved(ada, address, "APPROVED")) == ["no_coordinates"]
    ada.patch("settings", {"coordinates_required": True})
    assert refusal(ada, address, "LOCKED") == (409, "coordinates_missing")


def test_a_closed_month_is_not_approved(ada: Person) -> None:
    address = f"attendance/{record(ada, event_at=LONG_AGO, **HERE)['id']}"
    assert refusal(ada, address, "APPROVED") == (409, "payroll_cutoff_passed")
    assert moved(ada, address, "REJECTED", comments="too late")["to_state"] == "REJECTED"


def test_the_cutoff_follows_days_and_zone_of_the_tenant(ada: Person) -> None:
    """The last day of the month before, judged by a tenant whose month is still open and by one that has closed it."""
    zone = "Pacific/Kiritimati"
    first = datetime.now(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    event = (first - timedelta(hours=1)).astimezone(UTC).isoformat()
    days = (datetime.now(ZoneInfo(zone)) - first).days
    address = f"attendance/{record(ada, event_at=event, **HERE)['id']}"
    ada.patch("settings", {"time_zone": zone, "payroll_cutoff_days": days})
    assert refusal(ada, address, "APPROVED") == (409, "payroll_cutoff_passed")
    ada.patch("settings", {"payroll_cutoff_days": min(days + 1, 31)})
    assert moved(ada, address, "APPROVED")["success"]


def test_rejection_needs_comments_and_can_be_taken_back(ada: Person) -> None:
    address = f"attendance/{record(ada)['id']}"
    for comments in ({}, {"comments": "  "}):
        answer = ada.post(f"{address}/reject", comments)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "comments_required")
    assert ada.post(f"{address}/reject", {"comments": "not there"}).get_json()["to_state"] == "REJECTED"
    assert ada.post(f"{address}/resubmit").get_json()["to_state"] == "PENDING"


@pytest.mark.parametrize("metadata", [{}, {"adjustment_reason": ""}, {"adjustment_reason": "  "}, {"reason": "x"}])
def test_an_adjustment_needs_its_reason(ada: Person, metadata: dict[str, Any]) -> None:
    answer = ada.post(f"attendance/{record(ada)['id']}/adjust", {"metadata": metadata})
    (error,) = answer.get_json()["errors"]
    assert (answer.status_code, error["code"], error["pointer"]) == (
        422,
        "metadata_required",
        "/metadata/adjustment_reason",
    )


def test_an_adjustment_records_what_was_and_what_is(ada: Person) -> None:
    row = record(ada, event_at="2026-11-10T08:00:00Z", **HERE)
    address = f"attendance/{row['id']}"
    body = {"metadata": REASON["metadata"] | {"adjusted_time": "2026-11-10T09:30:00+01:00"}}
    result = ada.post(f"{address}/adjust", body).get_json()
    entity = result["entity"]
    assert (entity["event_at"], entity["original_event_at"]) == ("2026-11-10T08:30:00Z", row["event_at"])
    noted = {"adjustment_reason": "The clock was wrong.", "adjusted_by": "ada", "original_time": row["event_at"]}
    assert noted.items() <= result["metadata"].items()
    (attempt,) = ada.get(f"transitions?entity=attendance&entity_id={row['id']}").get_json()["results"]
    assert (noted | {"adjusted_time": "2026-11-10T09:30:00+01:00"}).items() <= attempt["metadata"].items()


def test_a_second_adjustment_keeps_the_first_time(ada: Person) -> None:
    row = record(ada, event_at=ago(hours=5), **HERE)
    address = f"attendance/{row['id']}"
    for hours in (4, 3):
        body = {"metadata": REASON["metadata"] | {"adjusted_time": ago(hours=hours)}}
        assert ada.post(f"{address}/adjust", body).get_json()["entity"]["original_event_at"] == row["event_at"]
        moved(ada, address, "APPROVED")


@pytest.mark.parametrize("time", ["noon", "2026-11-10T08:00:00", "9999-12-31T23:59:59Z", 5])
def test_an_adjusted_time_has_a_zone(ada: Person, time: object) -> None:
    body = {"metadata": REASON["metadata"] | {"adjusted_time": time}}
    answer = ada.post(f"attendance/{record(ada)['id']}/adjust", body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/metadata/adjusted_time"


def test_an_adjustment_reopens_no_month(ada: Person) -> None:
    address = f"attendance/{record(ada, event_at=LONG_AGO, **HERE)['id']}"
    body = {"metadata": REASON["metadata"] | {"adjusted_time": ago(hours=1)}}
    assert ada.post(f"{address}/adjust", body).status_code == 200
    assert refusal(ada, address, "APPROVED") == (409, "payroll_cutoff_passed")
    assert moved(ada, address, "LOCKED")["success"]


def test_locked_is_for_good(ada: Person) -> None:
    row = record(ada, **HERE)
    address = f"attendance/{row['id']}"
    moved(ada, address, "APPROVED")
    locked = ada.post(f"{address}/lock").get_json()["entity"]
    assert locked["locked_at"]
    for target in ("PENDING", "APPROVED", "REJECTED", "ADJUSTED"):
        assert refusal(ada, address, target, comments="x", **REASON) == (409, "transition_not_allowed")
    assert ada.patch(address, {"remarks": "x"}).get_json()["code"] == "terminal_state"
    assert ada.delete(address).get_json()["code"] == "terminal_state"
    moves = [
        found["changes"] for found in audit_rows(ada, "attendance", row["id"], event_type="STATE_CHANGED", level="INFO")
    ]
    assert [changes["state"] for changes in moves] == [["PENDING", "APPROVED"], ["APPROVED", "LOCKED"]]


def test_warnings_of_shift_and_second_event(ada: Person) -> None:
    shift = made(ada, "shifts", name="Early", start_time="06:00", end_time="14:00")
    today = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    early = record(ada, event_at=today.isoformat(), shift_id=shift["id"], **HERE)
    near = record(ada, event_at=(today + timedelta(minutes=5)).isoformat(), kind="check_out", **HERE)
    record(ada, event_at=(today + timedelta(minutes=2)).isoformat(), person="bob", **HERE)
    far = record(ada, event_at=(today + timedelta(minutes=10, seconds=1)).isoformat(), **HERE)
    assert warnings(moved(ada, f"attendance/{early['id']}", "APPROVED")) == ["outside_shift", "duplicate_event"]
    assert warnings(moved(ada, f"attendance/{near['id']}", "APPROVED")) == ["duplicate_event"]
    assert warnings(moved(ada, f"attendance/{far['id']}", "APPROVED")) == []


def test_a_dry_run_tells_and_stores_nothing(ada: Person) -> None:
    fence = made(ada, "geofences", **OFFICE)
    address = f"attendance/{record(ada, geofence_id=fence['id'], **THERE)['id']}"
    answer = ada.post(f"{address}/approve", {"dry_run": True})
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["success"], told["status_if_run"], told["errors"][0]["code"]) == (False, 409, "outside_geofence")
    assert ada.get(address).get_json()["version"] == 0


def test_permissions_of_the_verbs(ada: Person, person: MakePerson) -> None:
    operator, manager = person(sub="bob", roles=["operator"]), person(sub="eve", roles=["manager"])
    address = f"attendance/{record(ada, **HERE)['id']}"
    body = {"comments": "x", **REASON}
    for verb in ("approve", "reject", "adjust"):
        refused = operator.post(f"{address}/{verb}", body).get_json()
        assert (refused["status"], refused["missing_permissions"]) == (403, [f"attendance.{verb}"])
    for verb in ("reject", "resubmit", "approve", "adjust", "lock"):
        assert manager.post(f"{address}/{verb}", body).status_code == 200


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("person=grace", {"grace"}),
        ("person=grace&person=bob", {"grace", "bob"}),
        ("kind=check_out", {"bob"}),
        ("event_before=2021-01-01T00:00:00Z", {"bob"}),
        ("event_after=2021-01-01T00:00:00Z", {"grace"}),
        ("state=pending", {"grace", "bob"}),
        ("state=locked", set()),
    ],
)
def test_lists_are_filtered(ada: Person, query: str, people: set[str]) -> None:
    record(ada)
    record(ada, person="bob", kind="check_out", event_at=LONG_AGO)
    assert {row["person"] for row in ada.get(f"attendance?{query}").get_json()["results"]} == people


def test_who_sees_only_own_records(ada: Person, person: MakePerson) -> None:
    grace = person(sub="grace", roles=[], permissions=["attendance.view_own"])
    own, foreign = record(ada), record(ada, person="bob")
    assert [row["id"] for row in grace.get("attendance").get_json()["results"]] == [own["id"]]
    assert grace.get(f"attendance/{foreign['id']}").status_code == 404


def test_statements_do_not_grow_with_the_records(ada: Person, unit: Unit, app: ServiceApp) -> None:
    fence, shift = (
        made(ada, "geofences", **OFFICE),
        made(ada, "shifts", name="Day", start_time="00:00", end_time="00:00"),
    )
    ids = [record(ada, geofence_id=fence["id"], shift_id=shift["id"], **HERE)["id"] for _ in range(12)]
    ask = Ask(actor="ada", permissions=ROLE_PERMISSIONS["admin"])
    counts = []
    for chosen in (ids[:2], ids[2:]):
        with unit() as session, counting(app.runtime.db.engine) as sent:
            outcomes = move(session, ATTENDANCE, [Wanted(number) for number in chosen], "APPROVED", ask)
            counts.append(len(sent))
        assert all(outcome.result.success for outcome in outcomes)
    assert counts[0] == counts[1]
