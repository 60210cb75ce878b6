"""Tickets: what moves leave behind, escalation, history, references of those who ask."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.workflow.working import moved, ticket


def read(person: Person, ticket_id: int) -> dict[str, Any]:
    row: dict[str, Any] = person.get(f"tickets/{ticket_id}").get_json()
    return row


def test_a_ticket_comes_with_its_escalation(ada: Person) -> None:
    row = ticket(ada)
    assert (row["state"], row["version"], row["requester"]) == ("NEW", 0, "ada")
    assert row["number"].startswith("TK-")
    shown = row["escalation"]
    assert (shown["status"], shown["level"], shown["count"], shown["is_escalated"]) == ("ACTIVE", 0, 0, False)
    events = [entry["action"] for entry in ada.get(f"audit-log?entity_id={row['id']}").get_json()["results"]]
    assert events == ["ticket.created"]


def test_stamps_and_escalation_follow_the_state(ada: Person) -> None:
    address = f"tickets/{ticket(ada)['id']}"
    opened = moved(ada, address, "open")["entity"]
    assert opened["first_response_at"] is not None
    assert opened["escalation"]["response_hours"] == "0.00"
    assert moved(ada, address, "ONHOLD")["entity"]["escalation"]["status"] == "PAUSED"
    resolved = moved(ada, address, "RESOLVED", comments="oiled")["entity"]
    assert resolved["resolved_at"] is not None
    assert (resolved["escalation"]["status"], resolved["escalation"]["resolution_hours"]) == ("COMPLETED", "0.00")
    reopened = moved(ada, address, "OPEN")["entity"]
    assert reopened["resolved_at"] is None
    assert (reopened["escalation"]["status"], reopened["escalation"]["resolution_hours"]) == ("ACTIVE", None)
    assert reopened["first_response_at"] == opened["first_response_at"]
    moved(ada, address, "RESOLVED", comments="replaced")
    closed = moved(ada, address, "CLOSED", comments="thanks")["entity"]
    assert closed["closed_at"] is not None
    assert closed["escalation"]["status"] == "COMPLETED"


def test_a_cancelled_ticket_cancels_its_escalation(ada: Person) -> None:
    address = f"tickets/{ticket(ada)['id']}"
    assert moved(ada, address, "CANCELLED", comments="twice")["entity"]["escalation"]["status"] == "CANCELLED"


@pytest.mark.parametrize("verb", ["resolve", "close", "cancel"])
@pytest.mark.parametrize("comments", [None, "  "])
def test_an_end_needs_comments(ada: Person, verb: str, comments: str | None) -> None:
    row = ticket(ada)
    before = {"resolve": ["OPEN"], "close": ["OPEN", "RESOLVED"], "cancel": []}[verb]
    for state in before:
        moved(ada, f"tickets/{row['id']}", state, comments="done")
    answer = ada.post(f"tickets/{row['id']}/{verb}", {"comments": comments})
    assert answer.status_code == 422
    assert codes(answer) == ["comments_required"]
    assert "comments" in answer.get_json()["detail"]


@pytest.mark.parametrize("state", ["NEW", "OPEN"])
def test_closing_what_nobody_worked_on_is_refused_and_flagged(ada: Person, state: str) -> None:
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", state)
    answer = ada.post(f"tickets/{row['id']}/close", {"comments": "gone"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "transition_not_allowed")
    (attempt,) = ada.get(f"transitions?entity=ticket&entity_id={row['id']}&success=false").get_json()["results"]
    assert attempt["suspicious"]
    (entry,) = ada.get(f"audit-log?entity_id={row['id']}&security_flag=suspicious").get_json()["results"]
    assert entry["action"] == "ticket.state_change_refused"


def test_parallel_escalations_all_count(ada: Person, person: MakePerson) -> None:
    row = ticket(ada)
    people = [person(sub=f"p{number}") for number in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda each: each.post(f"tickets/{row['id']}/escalate"), people))
    assert [answer.status_code for answer in answers] == [200] * 5
    now = read(ada, row["id"])
    shown = now["escalation"]
    assert (shown["level"], shown["count"], shown["is_escalated"], now["version"]) == (5, 5, True, 0)
    assert sorted(answer.get_json()["escalation"]["level"] for answer in answers) == [1, 2, 3, 4, 5]
    flagged = ada.get(f"audit-log?entity_id={row['id']}&security_flag=escalation_above_limit").get_json()["results"]
    assert sorted(entry["changes"]["level"][1] for entry in flagged) == [4, 5]


def test_an_escalation_hands_over(ada: Person) -> None:
    row = ticket(ada, assigned_to_user="bob")
    answer = ada.post(f"tickets/{row['id']}/escalate", {"assigned_to_team": "elevators", "comments": "urgent"})
    body = answer.get_json()
    assert (body["assigned_to_user"], body["assigned_to_team"], body["version"]) == (None, "elevators", 1)
    kinds = [entry["kind"] for entry in ada.get(f"tickets/{row['id']}/history").get_json()["results"]]
    assert sorted(kinds) == ["assignment", "escalation"]


def test_an_ended_ticket_is_not_escalated(ada: Person) -> None:
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", "CANCELLED", comments="twice")
    answer = ada.post(f"tickets/{row['id']}/escalate")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "terminal_state")


def test_escalating_needs_its_permission(ada: Person, person: MakePerson) -> None:
    row = ticket(ada)
    answer = person(roles=["viewer"], sub="vera").post(f"tickets/{row['id']}/escalate")
    assert answer.status_code == 403
    assert "ticket.escalate" in answer.get_json()["detail"]


def test_fifty_append_at_once(ada: Person, person: MakePerson) -> None:
    row = ticket(ada)
    people = [person(sub=f"p{number}") for number in range(10)]

    def append(number: int) -> int:
        return people[number % 10].post(f"tickets/{row['id']}/history", {"text": f"note {number}"}).status_code

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(append, range(50))) == [201] * 50
    now = read(ada, row["id"])
    assert (now["escalation"]["activity_count"], now["version"]) == (50, 0)
    texts = {entry["text"] for entry in ada.get(f"tickets/{row['id']}/history?limit=200").get_json()["results"]}
    assert texts == {f"note {number}" for number in range(50)}


def test_a_note_changes_the_tag_but_no_editors_picture(ada: Person) -> None:
    row = ticket(ada)
    tag = ada.get(f"tickets/{row['id']}").headers["ETag"]
    assert ada.post(f"tickets/{row['id']}/history", {"text": "called"}).status_code == 201
    assert ada.get(f"tickets/{row['id']}", headers={"If-None-Match": tag}).status_code == 200
    edited = ada.patch(f"tickets/{row['id']}", {"priority": "high"}, headers={"If-Match": tag})
    assert edited.status_code == 200, edited.get_json()
    assert ada.patch(f"tickets/{row['id']}", {"priority": "LOW"}, headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "x" * 5001}, {"text": "x", "kind": "system"}])
def test_entries_have_a_text_and_are_notes(ada: Person, body: dict[str, Any]) -> None:
    assert ada.post(f"tickets/{ticket(ada)['id']}/history", body).status_code == 422


def test_who_asked_adds_to_the_ticket(ada: Person, person: MakePerson) -> None:
    robot = person(sub="robot", roles=[], permissions=["ticket.create"])
    own, others = ticket(robot), ticket(ada)
    assert robot.post(f"tickets/{own['id']}/history", {"text": "again"}).status_code == 201
    refused = robot.post(f"tickets/{others['id']}/history", {"text": "again"})
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "ticket.update")


def test_asking_twice_gives_the_first(ada: Person, person: MakePerson) -> None:
    body = {"subject": "Score fell", "external_ref": "alert-17"}
    people = [person() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: each.post("tickets", body), people))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert person(sub="bob").post("tickets", body).status_code == 201


def test_parallel_assignments_leave_what_the_last_one_asked(ada: Person, person: MakePerson) -> None:
    row = ticket(ada)
    people = [person(sub=f"p{number}") for number in range(6)]

    def assign(number: int) -> int:
        who = {"assigned_to_user": f"u{number}"} if number % 2 else {"assigned_to_team": f"t{number}"}
        return people[number].post(f"tickets/{row['id']}/assign", who).status_code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(assign, range(6))) == [200] * 6
    now = read(ada, row["id"])
    assert (now["assigned_to_user"] is None) != (now["assigned_to_team"] is None)
    last = ada.get(f"tickets/{row['id']}/history?limit=1").get_json()["results"][0]["data"]
    assert (last["assigned_to_user"], last["assigned_to_team"]) == (now["assigned_to_user"], now["assigned_to_team"])


def test_the_refusal_of_an_assignment_speaks_of_the_permission(ada: Person, person: MakePerson) -> None:
    answer = person(roles=["operator"]).post(f"tickets/{ticket(ada)['id']}/assign", {"assigned_to_user": "bob"})
    assert answer.status_code == 403
    assert "permission" in answer.get_json()["detail"]


def test_lists_filter(ada: Person) -> None:
    first = ticket(ada, category="building", priority="high")
    ticket(ada, category="it")
    for query in ("category=building", "priority=HIGH", f"number={first['number']}"):
        assert [row["id"] for row in ada.get(f"tickets?{query}").get_json()["results"]] == [first["id"]]
