"""Work orders and what belongs to them: created, read, listed, edited, assigned, deleted."""

from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.workflow.working import made, moved, order, order_in, vendor

FULL: dict[str, Any] = {
    "title": "  Elevator door\u0301 ",
    "description": "On the third floor.\n\tBring sensors.",
    "priority": "high",
    "requester": "grace",
    "assigned_to_user": "lin",
    "assigned_to_team": "elevators",
    "location_id": "building-7",
    "asset_id": "elevator-3",
    "due_at": "2026-12-01T16:00:00+01:00",
    "estimated_cost": "1250.5",
    "permit_approvers": ["grace"],
    "verifiers": ["lin"],
}


def test_a_new_order(ada: Person) -> None:
    row = order(ada, **FULL, vendor_id=vendor(ada)["id"])
    assert row["title"] == "Elevator dooŕ"  # one letter, composed
    assert (row["state"], row["version"], row["priority"]) == ("DRAFT", 0, "HIGH")
    assert (row["number"], row["estimated_cost"]) == ("WO-000001", "1250.50")
    assert row["due_at"] == "2026-12-01T15:00:00Z"
    assert (row["created_by"], row["updated_by"], row["requester"]) == ("ada", "ada", "grace")
    assert order(ada)["requester"] == "ada"
    assert order(ada)["number"] == "WO-000003"
    answer = ada.post("work-orders", {"title": "x", "number": "A-1"})
    assert answer.headers["Location"].endswith(f"/work-orders/{answer.get_json()['id']}")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"title": "   "}, "blank"),
        ({"title": "x" * 201}, "too_long"),
        ({"title": "x", "priority": "URGENT"}, "unknown_word"),
        ({"title": "x", "state": "APPROVED"}, "read_only"),
        ({"title": "x", "completed_at": "2026-12-01T16:00:00Z"}, "read_only"),
        ({"title": "x", "surprise": 1}, "unknown_field"),
        ({"title": "x", "vendor_id": 99_999_999}, "unknown_reference"),
        ({"title": "x", "requester": "two words"}, "invalid_id"),
        ({"title": "x", "verifiers": ["p"] * 21}, "too_many"),
        ({"title": "x", "estimated_cost": "-1"}, "out_of_range"),
        ({"title": "x", "due_at": "2026-12-01T16:00:00"}, "invalid"),
        ({"title": "x", "permit_status": "APPROVED"}, "protected_field"),
    ],
)
def test_what_a_new_order_refuses(ada: Person, body: dict[str, Any], code: str) -> None:
    answer = ada.post("work-orders", body)
    assert (answer.status_code, list(codes(answer))) == (422, [code])


def test_numbers_are_unique(ada: Person) -> None:
    order(ada, number="A-1")
    answer = ada.post("work-orders", {"title": "x", "number": "A-1"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_exists")


def test_edits_keep_to_their_groups(ada: Person, person: MakePerson) -> None:
    row = order(ada)
    address = f"work-orders/{row['id']}"
    bob = person(sub="bob", roles=["operator"])
    changed = bob.patch(address, {"title": "Other", "priority": "low"})
    assert (changed.status_code, changed.get_json()["version"]) == (200, 1)
    assert changed.get_json()["updated_by"] == "bob"
    refused = bob.patch(address, {"estimated_cost": "5"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "field_not_permitted")
    assert ada.patch(address, {"estimated_cost": "5", "vendor_id": vendor(ada)["id"]}).status_code == 200
    assert person(sub="vera", roles=["viewer"]).patch(address, {"title": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"state": "APPROVED"}, "read_only"),
        ({"completed_at": None}, "read_only"),
        ({"number": "A-2"}, "protected_field"),
        ({"assigned_to_user": "bob"}, "protected_field"),
        ({"tenant_id": "x"}, "protected_field"),
        ({"created_on": "x"}, "protected_field"),
        ({"surprise": 1}, "unknown_field"),
        ({}, "empty"),
        ({"version": 0}, "empty"),
        ({"title": None}, "null"),
        ({"vendor_id": 99_999_999}, "unknown_reference"),
    ],
)
def test_what_an_edit_refuses(ada: Person, body: dict[str, Any], code: str) -> None:
    answer = ada.patch(f"work-orders/{order(ada)['id']}", body)
    assert (answer.status_code, list(codes(answer))) == (422, [code])


def test_an_edit_that_changes_nothing_leaves_no_trace(ada: Person) -> None:
    row = order(ada)
    assert ada.patch(f"work-orders/{row['id']}", {"title": row["title"]}).get_json()["version"] == 0
    rows = ada.get(f"audit-log?entity=work_order&entity_id={row['id']}").get_json()["results"]
    assert [found["event_type"] for found in rows] == ["CREATED"]


def test_an_edit_is_audited_by_its_differences(ada: Person) -> None:
    row = order(ada)
    ada.patch(f"work-orders/{row['id']}", {"title": "Call ada@example.com", "priority": "MEDIUM"})
    (audit,) = ada.get(f"audit-log?entity_id={row['id']}&event_type=UPDATED").get_json()["results"]
    assert audit["changes"] == {"title": [row["title"], "Call [EMAIL]"]}


def test_assignment_names_one_or_both(ada: Person, person: MakePerson) -> None:
    address = f"work-orders/{order(ada, assigned_to_user='lin')['id']}"
    team = ada.post(f"{address}/assign", {"assigned_to_team": "elevators"}).get_json()
    assert (team["assigned_to_user"], team["assigned_to_team"], team["version"]) == (None, "elevators", 1)
    both = ada.post(f"{address}/assign", {"assigned_to_user": "bob", "assigned_to_team": "doors"}).get_json()
    assert (both["assigned_to_user"], both["assigned_to_team"]) == ("bob", "doors")
    assert ada.post(f"{address}/assign", {}).status_code == 422
    assert ada.post(f"{address}/assign", {"assigned_to_user": None}).get_json()["code"] == "assignee_missing"
    denied = person(sub="bob", roles=["operator"]).post(f"{address}/assign", {"assigned_to_user": "bob"})
    assert denied.status_code == 403
    assert "permission" in denied.get_json()["detail"]
    story = ada.get(f"{address}/history").get_json()["results"]
    assert [entry["data"]["assigned_to_user"] for entry in story] == ["bob", None]


@pytest.mark.parametrize("state", ["CLOSED", "CANCELLED"])
def test_what_has_ended_stays_as_it_is(ada: Person, state: str) -> None:
    row = order_in(ada, "CLOSED") if state == "CLOSED" else order(ada)
    address = f"work-orders/{row['id']}"
    if state == "CANCELLED":
        moved(ada, address, "CANCELLED", comments="not needed")
    for answer in (
        ada.patch(address, {"title": "Other"}),
        ada.post(f"{address}/assign", {"assigned_to_user": "bob"}),
        ada.post(f"{address}/line-items", {"description": "Sensor"}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "terminal_state")
    deleted = ada.delete(address)
    assert deleted.status_code == (409 if state == "CLOSED" else 204)


def test_deletion_takes_what_depends_along(ada: Person, person: MakePerson) -> None:
    row = order(ada)
    address = f"work-orders/{row['id']}"
    made(ada, f"{address}/line-items", description="Sensor")
    assert person(sub="mara", roles=["manager"]).delete(address).status_code == 403
    assert ada.delete(address, headers={"If-Match": '"9-x"'}).status_code == 412
    assert ada.delete(address).status_code == 204
    assert ada.get(address).status_code == 404
    (audit,) = ada.get(f"audit-log?entity_id={row['id']}&event_type=DELETED").get_json()["results"]
    assert audit["level"] == "WARNING"
    assert audit["metadata"]["snapshot"]["title"] == row["title"]
    submitted = order_in(ada, "SUBMITTED")
    assert ada.delete(f"work-orders/{submitted['id']}").get_json()["code"] == "not_deletable"


def test_lists_are_filtered(ada: Person) -> None:
    lift = vendor(ada)["id"]
    late = order(ada, title="late", due_at="2020-01-01T00:00:00Z", priority="LOW", assigned_to_user="lin")
    big = order(ada, title="big", priority="CRITICAL", vendor_id=lift, assigned_to_team="doors", requester="grace")
    moved(ada, f"work-orders/{big['id']}", "SUBMITTED")

    def titles(query: str) -> list[str]:
        return [row["title"] for row in ada.get(f"work-orders?{query}").get_json()["results"]]

    assert titles("") == ["big", "late"]
    assert titles("state=submitted") == ["big"]
    assert titles("state=DRAFT&state=SUBMITTED&ordering=created_at") == ["late", "big"]
    assert titles("priority=critical&priority=HIGH") == ["big"]
    assert titles("assignee=lin") == ["late"]
    assert titles("team=doors") == ["big"]
    assert titles("requester=grace") == ["big"]
    assert titles(f"vendor={lift}") == ["big"]
    assert titles("overdue=true") == ["late"]
    assert titles("overdue=false") == ["big"]
    assert titles("archived=true") == []
    assert titles(f"due_before={late['created_at']}") == ["late"]
    assert titles("created_after=2100-01-01T00:00:00Z") == []
    assert titles("ordering=due_at,number") == ["late", "big"]
    assert ada.get("work-orders?colour=red").status_code == 422


def test_others_see_nothing_of_it(ada: Person, person: MakePerson, other_tenant: Any) -> None:
    row = order(ada)
    stranger = person(tenant_id=other_tenant)
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/submit", {}),
        ("POST", "/transition", {"target_state": "SUBMITTED"}),
        ("POST", "/assign", {"assigned_to_user": "x"}),
        ("GET", "/history", None),
        ("GET", "/line-items", None),
    ):
        answer = stranger.call(method, f"work-orders/{row['id']}{path}", body)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found"), (method, path)
    assert stranger.get("work-orders").get_json()["results"] == []


def test_who_sees_only_his_own(ada: Person, person: MakePerson) -> None:
    mine = order(ada, title="mine", assigned_to_user="paul")
    listed = order(ada, title="to verify", verifiers=["paul"])
    other = order(ada, title="other")
    paul = person(sub="paul", roles=[], permissions=["workorder.view_own"])
    assert [row["title"] for row in paul.get("work-orders?ordering=id").get_json()["results"]] == ["mine", "to verify"]
    assert paul.get(f"work-orders/{mine['id']}").status_code == 200
    assert paul.get(f"work-orders/{listed['id']}").status_code == 200
    assert paul.get(f"work-orders/{other['id']}").status_code == 404
    team = person(sub="tina", roles=[], permissions=["workorder.approve"])
    assert team.get(f"work-orders/{other['id']}").status_code == 200
    nobody = person(sub="nina", roles=[], permissions=[])
    assert nobody.get(f"work-orders/{other['id']}").status_code == 403
    assert nobody.get("work-orders").status_code == 403


def test_line_items_count_their_own_versions(ada: Person) -> None:
    address = f"work-orders/{order(ada)['id']}"
    first = made(ada, f"{address}/line-items", description="Sensor", unit_price="19.9")
    second = made(ada, f"{address}/line-items", description="Cable", quantity="2.5", position=7)
    assert (first["position"], first["quantity"], first["status"]) == (1, "1.000", "PENDING")
    assert (second["position"], second["quantity"]) == (7, "2.500")
    changed = ada.patch(f"{address}/line-items/{first['id']}", {"status": "completed", "version": 0}).get_json()
    assert (changed["status"], changed["version"]) == ("COMPLETED", 1)
    assert ada.patch(f"{address}/line-items/{first['id']}", {"status": "PENDING", "version": 0}).status_code == 409
    assert ada.post(f"{address}/line-items", {"description": "Twice", "position": 7}).status_code == 409
    assert ada.post(f"{address}/line-items", {"description": "None", "quantity": "0"}).status_code == 422
    assert [row["position"] for row in ada.get(f"{address}/line-items").get_json()["results"]] == [1, 7]
    assert ada.get(address).get_json()["version"] == 0
    assert ada.delete(f"{address}/line-items/{second['id']}").status_code == 204
    elsewhere = order(ada)
    assert ada.get(f"work-orders/{elsewhere['id']}/line-items/{first['id']}").status_code == 404


def test_vendors_stay_while_they_are_needed(ada: Person, person: MakePerson) -> None:
    lift = vendor(ada, contact_email="office@lift.example", contact_phone="+49 30 5550 1234")
    order(ada, vendor_id=lift["id"])
    assert ada.post("vendors", {"name": "Lift & Co."}).status_code == 409
    assert person(sub="mara", roles=["manager"]).delete(f"vendors/{lift['id']}").status_code == 403
    used = ada.delete(f"vendors/{lift['id']}")
    assert (used.status_code, used.get_json()["code"]) == (409, "in_use")
    ada.patch(f"vendors/{lift['id']}", {"contact_phone": "+49 30 5550 9999"})
    (audit,) = ada.get("audit-log?action=vendor.updated").get_json()["results"]
    assert audit["changes"] == {"contact_phone": ["[REDACTED]", "[REDACTED]"]}


def test_an_inactive_vendor_is_a_warning(ada: Person) -> None:
    lift = vendor(ada)
    row = order_in(ada, "SUBMITTED", vendor_id=lift["id"])
    ada.patch(f"vendors/{lift['id']}", {"active": False})
    result = moved(ada, f"work-orders/{row['id']}", "APPROVED")
    assert result["success"]
    assert [warning.split(":")[0] for warning in result["warnings"]] == ["vendor_inactive"]


def test_stamps_follow_the_way(ada: Person) -> None:
    row = order_in(ada, "COMPLETED")
    assert row["completed_at"] is not None
    reopened = moved(ada, f"work-orders/{row['id']}", "IN_PROGRESS")["entity"]
    assert reopened["completed_at"] is None
    ada.patch("settings", {"final_inspection_required": True})
    moved(ada, f"work-orders/{row['id']}", "COMPLETED", comments="again")
    refused = ada.post(f"work-orders/{row['id']}/close", {"comments": "done"})
    assert refused.get_json()["code"] == "final_inspection_missing"
    ada.patch(f"work-orders/{row['id']}", {"final_inspection_at": "2026-11-21T10:00:00Z"})
    assert moved(ada, f"work-orders/{row['id']}", "CLOSED", comments="done")["entity"]["archived_at"] is not None


def test_attempts_in_figures(ada: Person) -> None:
    row = order(ada)
    moved(ada, f"work-orders/{row['id']}", "SUBMITTED")
    ada.post(f"work-orders/{row['id']}/approve")
    told = ada.get("transitions/statistics?hours=1").get_json()
    assert (told["total"], told["success"], told["failure"], told["success_rate"]) == (2, 1, 1, 50.0)
    assert told["by_machine"]["work_order"]["total"] == 2
    assert len(told["by_day"]) == 1
    assert told["failures_by_code"] == {"vendor_missing": 1}
    assert told["p95_execution_ms"] > 0
