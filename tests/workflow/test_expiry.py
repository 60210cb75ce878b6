"""What nobody finished in time: closed by the server once, whoever looks, and by hand."""

from typing import Any

import pytest

from services.workflow.models import Step
from services.workflow.operations.tasks.expiring import close_expired
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import ago, ahead, audit_rows, moved, task, tour

WAYS = {
    "ASSIGNED": [],
    "INPROGRESS": ["INPROGRESS"],
    "WORKING": ["WORKING"],
    "STANDBY": ["STANDBY"],
    "PARTIALLYCOMPLETED": ["INPROGRESS", "PARTIALLYCOMPLETED"],
}


def expired(person: Person, state: str = "ASSIGNED", **body: Any) -> str:
    """The address of a task past its time."""
    address = f"tasks/{task(person, expires_at=ago(minutes=5), **body)['id']}"
    for target in WAYS[state]:
        moved(person, address, target, comments="on the way")
    return address


def sweep(unit: Unit, **options: int) -> int:
    with unit() as session:
        return close_expired(session, **options)


@pytest.mark.parametrize("state", WAYS)
def test_an_expired_task_is_closed_by_the_server(ada: Person, unit: Unit, state: str) -> None:
    address = expired(ada, state)
    assert sweep(unit) == 1
    row = ada.get(address).get_json()
    assert (row["state"], row["closed_by_server"], row["closure_mail_sent"]) == ("AUTOCLOSED", True, True)
    assert row["completed_at"]
    assert row["hours_spent"] == "0.00"
    assert sweep(unit) == 0


def test_what_has_not_expired_is_left_alone(ada: Person, unit: Unit) -> None:
    open_tasks = [task(ada, expires_at=None), task(ada, expires_at=ahead(hours=1)), task(ada)]
    repaired = f"tasks/{task(ada, expires_at=ago(minutes=5))['id']}"
    for target in ("WORKING", "MAINTENANCE"):
        moved(ada, repaired, target)
    done = expired(ada, "INPROGRESS")
    moved(ada, done, "COMPLETED")
    assert sweep(unit) == 0
    assert ada.get(repaired).get_json()["state"] == "MAINTENANCE"
    assert ada.get(done).get_json()["state"] == "COMPLETED"
    for row in open_tasks:
        assert ada.get(f"tasks/{row['id']}").get_json()["version"] == 0


@pytest.mark.parametrize("state", ["ASSIGNED", "INPROGRESS", "WORKING", "STANDBY", "PARTIALLYCOMPLETED"])
def test_a_tour_that_was_begun_is_partly_done_and_stays_so(ada: Person, unit: Unit, state: str) -> None:
    row, (gate, _roof, _yard) = tour(ada, "Gate", "Roof", "Yard", expires_at=ago(minutes=5))
    address = f"tasks/{row['id']}"
    ada.post(f"{address}/checkpoints/{gate['id']}/complete")
    for target in WAYS[state]:
        moved(ada, address, target, comments="on the way")
    assert sweep(unit) == 1
    after = ada.get(address).get_json()
    assert (after["state"], after["closed_by_server"], after["completed_at"]) == ("PARTIALLYCOMPLETED", False, None)
    points = ada.get(f"{address}/checkpoints").get_json()["results"]
    assert [(point["state"], point["closed_by_server"]) for point in points] == [
        ("COMPLETED", False),
        ("AUTOCLOSED", True),
        ("AUTOCLOSED", True),
    ]
    assert sweep(unit) == 0
    assert ada.get(address).get_json()["version"] == after["version"]


def test_a_tour_that_nobody_began_is_closed_with_its_checkpoints(ada: Person, unit: Unit) -> None:
    row, points = tour(ada, "Gate", "Roof", expires_at=ago(minutes=5))
    assert sweep(unit) == 1
    assert ada.get(f"tasks/{row['id']}").get_json()["state"] == "AUTOCLOSED"
    found = ada.get(f"tasks/{row['id']}/checkpoints?state=autoclosed").get_json()["results"]
    assert len(found) == len(points)
    answer = ada.post(f"tasks/{row['id']}/checkpoints/{points[0]['id']}/complete")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "transition_not_allowed")


def test_an_overdue_close_raises_its_audit_row_and_stores_a_breach(ada: Person, unit: Unit) -> None:
    address = expired(ada, due_at=ago(hours=3))
    sweep(unit)
    task_id = int(address.partition("/")[2])
    (row,) = audit_rows(ada, "task", task_id, event_type="STATE_CHANGED")
    assert (row["level"], row["changes"]["state"]) == ("ERROR", ["ASSIGNED", "AUTOCLOSED"])
    (attempt,) = ada.get(f"transitions?entity=task&entity_id={task_id}").get_json()["results"]
    assert (attempt["actor"], attempt["reason"], attempt["success"]) == ("system", "scheduled", True)
    kinds = [entry["kind"] for entry in ada.get(f"{address}/history").get_json()["results"]]
    assert kinds.count("sla_breach") == 1


def test_by_hand(ada: Person, person: MakePerson) -> None:
    fresh = f"tasks/{task(ada, expires_at=ahead(hours=1))['id']}"
    answer = ada.post(f"{fresh}/autoclose")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_expired")
    old = expired(ada)
    refused = person(sub="bob", roles=["operator"]).post(f"{old}/autoclose")
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "task.close")
    closed = ada.post(f"{old}/autoclose")
    assert (closed.status_code, closed.get_json()["to_state"]) == (200, "AUTOCLOSED")
    assert closed.headers["ETag"] == ada.get(old).headers["ETag"]
    again = ada.post(f"{old}/autoclose").get_json()
    assert (again["unchanged"], again["entity"]["version"]) == (True, closed.get_json()["entity"]["version"])
    (attempt,) = ada.get(f"transitions?entity_id={old.partition('/')[2]}").get_json()["results"]
    assert (attempt["actor"], attempt["on_behalf_of"]) == ("system", "ada")


@pytest.mark.parametrize("targets", [["WORKING", "MAINTENANCE"], ["INPROGRESS", "COMPLETED"]])
def test_repaired_and_completed_tasks_do_not_expire(ada: Person, targets: list[str]) -> None:
    address = expired(ada)
    for target in targets:
        moved(ada, address, target)
    assert ada.post(f"{address}/autoclose").get_json()["code"] == "not_expired"


def test_a_begun_tour_by_hand(ada: Person) -> None:
    row, (gate, _roof) = tour(ada, "Gate", "Roof", expires_at=ago(minutes=5))
    ada.post(f"tasks/{row['id']}/checkpoints/{gate['id']}/complete")
    assert ada.post(f"tasks/{row['id']}/autoclose").get_json()["to_state"] == "PARTIALLYCOMPLETED"
    assert ada.post(f"tasks/{row['id']}/autoclose").get_json()["unchanged"] is True


def test_nobody_but_the_system_takes_the_edges_of_expiry(ada: Person) -> None:
    address = expired(ada)
    answer = ada.post(f"{address}/transition", {"target_state": "AUTOCLOSED"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "transition_not_allowed")
    assert "AUTOCLOSED" not in answer.get_json()["allowed_targets"]


def test_many_workers_close_each_task_once(ada: Person, unit: Unit, at_once: AtOnce) -> None:
    addresses = [expired(ada, due_at=ago(hours=1)) for _ in range(20)]
    tours = [tour(ada, "Gate", "Roof", expires_at=ago(minutes=1)) for _ in range(6)]
    for row, points in tours[:3]:
        ada.post(f"tasks/{row['id']}/checkpoints/{points[0]['id']}/complete")

    def work() -> int:
        done = 0
        while handled := sweep(unit, at_most=4):
            done += handled
        return done

    assert sum(at_once(*[work] * 6)) == 26
    for address in addresses:
        row = ada.get(address).get_json()
        assert (row["state"], row["version"]) == ("AUTOCLOSED", 1)
        assert len(audit_rows(ada, "task", row["id"], event_type="STATE_CHANGED")) == 1
    states = [ada.get(f"tasks/{row['id']}").get_json()["state"] for row, _ in tours]
    assert states == ["PARTIALLYCOMPLETED"] * 3 + ["AUTOCLOSED"] * 3
    with unit() as session:
        breached = [step.entity_id for step in session.query(Step).filter(Step.kind == "sla_breach")]
    assert len(breached) == len(set(breached)) == 20


def test_by_hand_and_by_the_server_at_once(ada: Person, person: MakePerson, unit: Unit, at_once: AtOnce) -> None:
    address = expired(ada)
    people = [person(sub=f"person-{number}") for number in range(4)]
    answers = at_once(
        *[lambda who=who: who.post(f"{address}/autoclose").status_code for who in people],
        *[lambda: sweep(unit)] * 3,
    )
    assert answers[:4] == [200] * 4
    assert sum(answers[4:]) <= 1
    row = ada.get(address).get_json()
    assert (row["state"], row["version"]) == ("AUTOCLOSED", 1)


def test_a_checkpoint_completed_while_its_tour_expires(
    ada: Person, person: MakePerson, unit: Unit, at_once: AtOnce
) -> None:
    for _round in range(5):
        row, (gate,) = tour(ada, "Gate", expires_at=ago(minutes=5))
        bob = person(sub="bob")
        address = f"tasks/{row['id']}"
        answer, _handled = at_once(
            lambda who=bob, point=f"{address}/checkpoints/{gate['id']}": who.post(f"{point}/complete"),
            lambda: sweep(unit),
        )
        point = ada.get(f"{address}/checkpoints/{gate['id']}").get_json()
        sweep(unit)
        state = ada.get(address).get_json()["state"]
        assert (answer.status_code, point["state"], state) in {
            (200, "COMPLETED", "PARTIALLYCOMPLETED"),
            (409, "AUTOCLOSED", "AUTOCLOSED"),
        }


def test_a_sweep_costs_the_same_whatever_it_closes(ada: Person, unit: Unit, app: ServiceApp) -> None:
    counts = []
    for number in (3, 12):
        for _ in range(number):
            expired(ada, due_at=ago(hours=1))
            tour(ada, "Gate", "Roof", expires_at=ago(minutes=1))
        with counting(app.runtime.db.engine) as sent:
            assert sweep(unit) == 2 * number
        counts.append(len(sent))
    assert counts[0] == counts[1]
