"""Tasks: what is stored, edited and refused; starting, holding, completing with evidence, closing, reopening."""

import uuid
from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import AtOnce, MakePerson
from tests.workflow.working import ago, ahead, audit_rows, made, moved, order, task


def test_a_new_task_has_the_defaults(ada: Person) -> None:
    row = task(ada)
    expected = {
        "kind": "task",
        "state": "ASSIGNED",
        "priority": "MEDIUM",
        "sla_hours": 24,
        "expires_at": None,
        "requires_observations": False,
        "closed_by_server": False,
        "closure_mail_sent": False,
        "hours_spent": None,
        "version": 0,
    }
    assert expected.items() <= row.items()


def test_agreed_hours_come_from_the_tenant(ada: Person) -> None:
    ada.patch("settings", {"default_sla_hours": 8})
    assert task(ada)["sla_hours"] == 8
    assert task(ada, sla_hours=100)["sla_hours"] == 100


def test_a_task_expires_when_it_is_due_unless_it_says_otherwise(ada: Person) -> None:
    due = "2031-05-01T10:00:00Z"
    assert task(ada, due_at=due)["expires_at"] == task(ada, due_at=due)["due_at"]
    assert task(ada, due_at=due, expires_at=None)["expires_at"] is None
    assert task(ada, due_at=due, expires_at="2031-06-01T10:00:00Z")["expires_at"].startswith("2031-06-01")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"title": "  "}, "/title", "blank"),
        ({"title": "x" * 201}, "/title", "too_long"),
        ({"description": "x" * 10_001}, "/description", "too_long"),
        ({"priority": "URGENT"}, "/priority", "unknown_word"),
        ({"kind": "job"}, "/kind", "unknown_word"),
        ({"sla_hours": 0}, "/sla_hours", "invalid"),
        ({"sla_hours": 8761}, "/sla_hours", "invalid"),
        ({"assigned_to_user": "two words"}, "/assigned_to_user", "invalid_id"),
        ({"due_at": "2031-05-01T10:00:00"}, "/due_at", "invalid"),
        ({"work_order_id": 999_999}, "/work_order_id", "unknown_reference"),
        ({"state": "COMPLETED"}, "/state", "read_only"),
        ({"hours_spent": "1.00"}, "/hours_spent", "read_only"),
        ({"surprise": 1}, "/surprise", "unknown_field"),
    ],
)
def test_what_a_task_refuses(ada: Person, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = ada.post("tasks", {"title": "Check"} | body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == [(pointer, code)]


def test_the_work_order_of_another_tenant_is_unknown(ada: Person, person: MakePerson) -> None:
    foreign = order(person(tenant_id=uuid.uuid4()))
    assert codes(ada.post("tasks", {"title": "Check", "work_order_id": foreign["id"]})) == ["unknown_reference"]
    assert task(ada, work_order_id=order(ada)["id"])["work_order_id"]


def test_edits_by_permission(ada: Person, person: MakePerson) -> None:
    row = task(ada)
    operator, manager = person(sub="bob", roles=["operator"]), person(sub="eve", roles=["manager"])
    changed = operator.patch(f"tasks/{row['id']}", {"title": "Check twice", "priority": "high", "version": 0})
    assert (changed.status_code, changed.get_json()["priority"], changed.get_json()["version"]) == (200, "HIGH", 1)
    refused = operator.patch(f"tasks/{row['id']}", {"sla_hours": 2})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "field_not_permitted")
    assert manager.patch(f"tasks/{row['id']}", {"sla_hours": 2}).get_json()["sla_hours"] == 2
    assert manager.patch(f"tasks/{row['id']}", {"sla_hours": 2}).get_json()["version"] == 2


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("assigned_to_user", "bob", "protected_field"),
        ("kind", "tour", "protected_field"),
        ("work_order_id", 1, "protected_field"),
        ("tenant_id", "x", "protected_field"),
        ("state", "COMPLETED", "read_only"),
        ("started_at", "2026-01-01T00:00:00Z", "read_only"),
        ("closed_by_server", True, "read_only"),
        ("surprise", 1, "unknown_field"),
    ],
)
def test_what_no_edit_changes(ada: Person, field: str, value: object, code: str) -> None:
    answer = ada.patch(f"tasks/{task(ada)['id']}", {field: value})
    assert (answer.status_code, codes(answer)) == (422, [code])


def test_assignment_clears_what_it_does_not_name(ada: Person) -> None:
    address = f"tasks/{task(ada)['id']}/assign"
    given = ada.post(address, {"assigned_to_team": "facility"}).get_json()
    assert (given["assigned_to_user"], given["assigned_to_team"]) == (None, "facility")
    both = ada.post(address, {"assigned_to_user": "bob", "assigned_to_team": "facility"}).get_json()
    assert (both["assigned_to_user"], both["assigned_to_team"]) == ("bob", "facility")
    assert ada.post(address, {}).status_code == 422
    assert ada.post(address, {"assigned_to_user": None, "assigned_to_team": None}).status_code == 422


def test_work_needs_an_assignee(ada: Person) -> None:
    row = task(ada, assigned_to_user=None)
    for target in ("INPROGRESS", "WORKING"):
        answer = ada.post(f"tasks/{row['id']}/transition", {"target_state": target})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "assignee_missing")
    ada.post(f"tasks/{row['id']}/assign", {"assigned_to_team": "facility"})
    assert ada.post(f"tasks/{row['id']}/start").get_json()["to_state"] == "INPROGRESS"


def test_the_first_start_stays(ada: Person) -> None:
    address = f"tasks/{task(ada)['id']}"
    first = moved(ada, address, "WORKING")["entity"]["started_at"]
    moved(ada, address, "STANDBY", comments="lunch")
    assert first
    assert moved(ada, address, "INPROGRESS")["entity"]["started_at"] == first


@pytest.mark.parametrize("comments", [None, "", "   "])
def test_standby_needs_comments(ada: Person, comments: str | None) -> None:
    body = {} if comments is None else {"comments": comments}
    answer = ada.post(f"tasks/{task(ada)['id']}/hold", body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "comments_required")
    assert "comments" in answer.get_json()["detail"]


def test_completion_needs_every_required_kind_of_evidence(ada: Person) -> None:
    row = task(ada, requires_observations=True, requires_meter_readings=True, requires_attachments=True)
    address = f"tasks/{row['id']}"
    moved(ada, address, "INPROGRESS")
    made(ada, f"{address}/evidence", kind="observation", text="No leak.")
    answer = ada.post(f"{address}/complete").get_json()
    assert (answer["status"], answer["code"]) == (409, "evidence_missing")
    assert answer["missing"] == ["meter_reading", "attachment"]
    assert "meter reading" in answer["detail"]
    made(ada, f"{address}/evidence", kind="meter_reading", value="118.4", unit="bar")
    made(ada, f"{address}/evidence", kind="attachment", attachment_ref="photos/1.jpg")
    done = ada.post(f"{address}/complete").get_json()["entity"]
    assert done["completed_at"]
    assert done["hours_spent"] == "0.00"
    assert done["version"] == 2


def test_reopening_clears_the_end(ada: Person) -> None:
    address = f"tasks/{task(ada)['id']}"
    for target in ("INPROGRESS", "COMPLETED"):
        moved(ada, address, target)
    again = ada.post(f"{address}/reopen").get_json()["entity"]
    assert (again["state"], again["completed_at"], again["hours_spent"]) == ("INPROGRESS", None, None)
    assert again["started_at"]


def test_closing_leaves_the_time_at_which_the_work_was_done(ada: Person) -> None:
    address = f"tasks/{task(ada)['id']}"
    moved(ada, address, "INPROGRESS")
    done = moved(ada, address, "COMPLETED")["entity"]
    closed = ada.post(f"{address}/close").get_json()["entity"]
    assert (closed["state"], closed["completed_at"]) == ("AUTOCLOSED", done["completed_at"])
    assert (closed["closed_by_server"], closed["closure_mail_sent"]) == (False, False)
    assert ada.patch(address, {"title": "More"}).get_json()["code"] == "terminal_state"
    assert ada.post(f"{address}/assign", {"assigned_to_user": "bob"}).get_json()["code"] == "terminal_state"
    assert ada.post(f"{address}/evidence", {"kind": "observation", "text": "late"}).status_code == 409
    assert ada.delete(address).get_json()["code"] == "terminal_state"


def test_overdue_is_a_warning_on_every_transition(ada: Person) -> None:
    address = f"tasks/{task(ada, due_at=ago(hours=2), expires_at=None)['id']}"
    for target in ("INPROGRESS", "STANDBY", "WORKING", "COMPLETED", "AUTOCLOSED"):
        (warning,) = moved(ada, address, target, comments="late")["warnings"]
        assert warning.startswith("sla_overdue: ")
        assert "SLA" in warning


def test_without_a_due_time_the_agreed_hours_count(ada: Person) -> None:
    assert moved(ada, f"tasks/{task(ada, sla_hours=1)['id']}", "INPROGRESS")["warnings"] == []


def test_an_overdue_close_is_an_error_with_a_stored_breach(ada: Person) -> None:
    row = task(ada, due_at=ago(hours=5), expires_at=None)
    address = f"tasks/{row['id']}"
    for target in ("INPROGRESS", "COMPLETED", "AUTOCLOSED"):
        moved(ada, address, target)
    rows = audit_rows(ada, "task", row["id"], event_type="STATE_CHANGED")
    assert [found["level"] for found in rows] == ["INFO", "INFO", "ERROR"]
    story = ada.get(f"{address}/history").get_json()["results"]
    (breach,) = [entry for entry in story if entry["kind"] == "sla_breach"]
    assert breach["data"]["hours_late"] == "5.00"


def test_closing_in_time_is_no_breach(ada: Person) -> None:
    row = task(ada, due_at=ahead(hours=5))
    for target in ("INPROGRESS", "COMPLETED", "AUTOCLOSED"):
        moved(ada, f"tasks/{row['id']}", target)
    assert {found["level"] for found in audit_rows(ada, "task", row["id"])} == {"INFO"}


def test_only_what_has_not_begun_is_deleted(ada: Person) -> None:
    row = task(ada)
    address = f"tasks/{row['id']}"
    moved(ada, address, "INPROGRESS")
    assert ada.delete(address).get_json()["code"] == "not_deletable"
    fresh = task(ada)
    made(ada, f"tasks/{fresh['id']}/evidence", kind="observation", text="Nothing.")
    assert ada.delete(f"tasks/{fresh['id']}").status_code == 204
    assert ada.get(f"tasks/{fresh['id']}").status_code == 404


def test_permissions_of_the_verbs(ada: Person, person: MakePerson) -> None:
    viewer, operator = person(sub="vic", roles=["viewer"]), person(sub="bob", roles=["operator"])
    address = f"tasks/{task(ada)['id']}"
    refused = viewer.post(f"{address}/start").get_json()
    assert (refused["status"], refused["missing_permissions"]) == (403, ["task.start"])
    for verb in ("start", "complete"):
        assert operator.post(f"{address}/{verb}").status_code == 200
    for verb, permission in (("close", "task.close"), ("reopen", "task.reopen")):
        refused = operator.post(f"{address}/{verb}").get_json()
        assert (refused["status"], refused["missing_permissions"]) == (403, [permission])


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("state=inprogress", {"begun"}),
        ("kind=tour", {"round"}),
        ("requester=bob", set()),
        ("overdue=true", {"late"}),
        ("overdue=false", {"begun", "round"}),
        ("priority=high&priority=low", {"late"}),
        ("assignee=grace", {"begun", "late"}),
        ("team=facility", {"round"}),
        ("due_before=2030-01-01T00:00:00Z", {"late"}),
    ],
)
def test_lists_are_filtered(ada: Person, query: str, titles: set[str]) -> None:
    moved(ada, f"tasks/{task(ada, title='begun')['id']}", "INPROGRESS")
    task(ada, title="late", due_at=ago(hours=1), priority="HIGH")
    task(ada, title="round", kind="tour", assigned_to_user=None, assigned_to_team="facility")
    assert {row["title"] for row in ada.get(f"tasks?{query}").get_json()["results"]} == titles


def test_the_task_of_another_tenant_is_missing(ada: Person, person: MakePerson) -> None:
    foreign = f"tasks/{task(person(tenant_id=uuid.uuid4()))['id']}"
    answers = [
        ada.get(foreign),
        ada.patch(foreign, {"title": "Mine"}),
        ada.delete(foreign),
        ada.post(f"{foreign}/start"),
        ada.post(f"{foreign}/autoclose"),
        ada.get(f"{foreign}/checkpoints"),
        ada.get(f"{foreign}/clocks"),
        ada.post(f"{foreign}/evidence", {"kind": "observation", "text": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)


def test_two_completions_are_one(ada: Person, person: MakePerson, at_once: AtOnce) -> None:
    address = f"tasks/{task(ada)['id']}"
    moved(ada, address, "INPROGRESS")
    people = [person(sub=f"person-{number}") for number in range(6)]
    answers = at_once(*[lambda who=who: who.post(f"{address}/complete") for who in people])
    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.get_json()["unchanged"] for answer in answers) == [False, *[True] * 5]
    assert ada.get(address).get_json()["version"] == 2


def test_of_completions_with_one_version_one_succeeds(ada: Person, person: MakePerson, at_once: AtOnce) -> None:
    address = f"tasks/{task(ada)['id']}"
    moved(ada, address, "INPROGRESS")
    people = [person(sub=f"person-{number}") for number in range(10)]
    answers = at_once(*[lambda who=who: who.post(f"{address}/complete", {"version": 1}) for who in people])
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 9]
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"version_conflict"}
