"""The tenant's settings, the flags, and the roles."""

from typing import Any

import pytest

from services.workflow.config import KNOWN_PERMISSIONS, ROLE_PERMISSIONS
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson

DEFAULTS = {
    "time_zone": "UTC",
    "payroll_cutoff_days": 3,
    "default_sla_hours": 24,
    "coordinates_required": False,
    "final_inspection_required": False,
    "if_match_required": False,
    "retention_days": {},
    "version": 0,
}


def test_a_new_tenant_has_the_defaults(ada: Person) -> None:
    answer = ada.get("settings")
    assert answer.status_code == 200
    assert DEFAULTS.items() <= answer.get_json().items()
    assert answer.headers["ETag"].startswith('"0-')


def test_settings_change_with_their_version(ada: Person) -> None:
    changed = ada.patch("settings", {"time_zone": "Europe/Berlin", "payroll_cutoff_days": 5, "version": 0})
    assert changed.status_code == 200
    assert changed.get_json()["version"] == 1
    assert ada.patch("settings", {"default_sla_hours": 8, "version": 0}).status_code == 409
    assert ada.patch("settings", {"default_sla_hours": 8}, headers={"If-Match": '"0-x"'}).status_code == 412
    assert ada.get("settings").get_json()["time_zone"] == "Europe/Berlin"


def test_a_change_that_changes_nothing_leaves_no_trace(ada: Person) -> None:
    ada.patch("settings", {"time_zone": "Asia/Tokyo"})
    assert ada.patch("settings", {"time_zone": "Asia/Tokyo"}).get_json()["version"] == 1
    rows = ada.get("audit-log?action=tenant.updated").get_json()["results"]
    assert [row["changes"] for row in rows] == [{"time_zone": ["UTC", "Asia/Tokyo"]}]


def test_if_match_can_be_demanded(ada: Person) -> None:
    tag = ada.patch("settings", {"if_match_required": True}).headers["ETag"]
    assert ada.patch("settings", {"default_sla_hours": 8}).status_code == 428
    assert ada.patch("settings", {"default_sla_hours": 8}, headers={"If-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "unknown_time_zone"),
        ({"payroll_cutoff_days": 32}, "invalid"),
        ({"default_sla_hours": 0}, "invalid"),
        ({"retention_days": {"PARTY": 5}}, "invalid"),
        ({"name": "Other"}, "read_only"),
        ({"surprise": 1}, "unknown_field"),
    ],
)
def test_what_settings_refuse(ada: Person, body: dict[str, Any], code: str) -> None:
    answer = ada.patch("settings", body)
    assert answer.status_code == 422
    assert codes(answer) == [code]
    assert next(iter(body)) in answer.get_json()["detail"]


def test_flags_are_told(ada: Person) -> None:
    assert ada.get("features").get_json() == {
        "ENABLE_AUDIT_SIGNALS": True,
        "ENABLE_BULK_OPERATIONS": True,
        "ENABLE_SEARCH_RATE_LIMITING": True,
    }


def test_each_role_has_what_the_one_before_it_has() -> None:
    viewer, operator, manager, admin = ROLE_PERMISSIONS.values()
    assert viewer < operator < manager < admin < KNOWN_PERMISSIONS


def test_a_refused_permission_leaves_a_denial(ada: Person, person: MakePerson) -> None:
    bob = person(sub="bob", roles=["viewer"])
    for _ in range(3):
        assert bob.patch("settings", {"default_sla_hours": 8}).status_code == 403
    rows = ada.get("audit-log?event_type=PERMISSION_DENIED").get_json()["results"]
    assert [row["metadata"]["risk_score"] for row in rows] == [35, 20, 20]
    assert rows[0]["security_flags"] == ["permission_denied", "SECURITY_EVENT"]
    assert rows[0]["actor"] == "bob"
