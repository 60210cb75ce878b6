"""Checkpoints and evidence: rows below a task with lives of their own."""

from typing import Any

import pytest

from services.workflow.models import Checkpoint
from services.workflow.operations.entry import own_tenant
from tests.fixtures.people import Person, codes
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.workflow.working import ago, made, moved, task, tour


def test_checkpoints_are_numbered_and_leave_the_version_of_the_tour_alone(ada: Person) -> None:
    row, points = tour(ada, "Gate", "Roof")
    assert [(point["position"], point["name"], point["state"]) for point in points] == [
        (1, "Gate", "ASSIGNED"),
        (2, "Roof", "ASSIGNED"),
    ]
    inserted = made(ada, f"tasks/{row['id']}/checkpoints", name="Cellar", position=10)
    assert inserted["position"] == 10
    assert made(ada, f"tasks/{row['id']}/checkpoints", name="Yard")["position"] == 11
    listed = ada.get(f"tasks/{row['id']}/checkpoints").get_json()["results"]
    assert [point["name"] for point in listed] == ["Gate", "Roof", "Cellar", "Yard"]
    assert ada.get(f"tasks/{row['id']}").get_json()["version"] == 0


def test_checkpoints_change_with_versions_of_their_own(ada: Person) -> None:
    row, (gate, roof) = tour(ada, "Gate", "Roof")
    address = f"tasks/{row['id']}/checkpoints/{gate['id']}"
    assert ada.patch(address, {"name": "North gate", "version": 0}).get_json()["version"] == 1
    assert ada.patch(address, {"name": "South gate", "version": 0}).status_code == 409
    assert ada.patch(address, {"position": roof["position"]}).get_json()["code"] == "already_exists"
    assert codes(ada.patch(address, {"state": "COMPLETED"})) == ["read_only"]
    assert ada.delete(address).status_code == 204
    assert ada.get(address).status_code == 404


def test_only_tours_have_checkpoints(ada: Person) -> None:
    answer = ada.post(f"tasks/{task(ada)['id']}/checkpoints", {"name": "Gate"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_a_tour")


def test_a_completed_checkpoint_tells_who_and_when_and_changes_no_more(ada: Person, person: MakePerson) -> None:
    row, (gate,) = tour(ada, "Gate")
    address = f"tasks/{row['id']}/checkpoints/{gate['id']}"
    operator = person(sub="bob", roles=["operator"])
    done = operator.post(f"{address}/complete").get_json()
    assert (done["to_state"], done["entity"]["completed_by"]) == ("COMPLETED", "bob")
    assert done["entity"]["completed_at"]
    assert operator.post(f"{address}/complete").get_json()["unchanged"] is True
    assert ada.patch(address, {"name": "Roof"}).get_json()["code"] == "terminal_state"
    assert ada.delete(address).get_json()["code"] == "terminal_state"
    refused = person(sub="vic", roles=["viewer"]).post(f"{address}/complete")
    assert refused.status_code == 200  # already there: no permission of the edge is needed


def test_a_viewer_completes_no_checkpoint(ada: Person, person: MakePerson) -> None:
    row, (gate,) = tour(ada, "Gate")
    refused = person(roles=["viewer"]).post(f"tasks/{row['id']}/checkpoints/{gate['id']}/complete")
    assert (refused.status_code, refused.get_json()["missing_permissions"]) == (403, ["task.complete"])


def test_a_checkpoint_belongs_to_its_tour(ada: Person) -> None:
    _row, (gate,) = tour(ada, "Gate")
    other, _ = tour(ada)
    for call in (ada.get, ada.delete, lambda path: ada.post(f"{path}/complete")):
        assert call(f"tasks/{other['id']}/checkpoints/{gate['id']}").status_code == 404


def test_who_sees_only_own_tasks_sees_their_checkpoints(ada: Person, person: MakePerson) -> None:
    grace = person(sub="grace", roles=[], permissions=["task.view_own", "task.complete"])
    row, (gate,) = tour(ada, "Gate")
    foreign, (roof,) = tour(ada, "Roof", assigned_to_user="bob")
    assert grace.post(f"tasks/{row['id']}/checkpoints/{gate['id']}/complete").status_code == 200
    assert grace.post(f"tasks/{foreign['id']}/checkpoints/{roof['id']}/complete").status_code == 404


def test_a_tour_completed_with_open_checkpoints_is_worth_a_warning(ada: Person) -> None:
    row, (gate, _roof) = tour(ada, "Gate", "Roof")
    address = f"tasks/{row['id']}"
    assert moved(ada, address, "INPROGRESS")["warnings"] == []
    ada.post(f"{address}/checkpoints/{gate['id']}/complete")
    (warning,) = moved(ada, address, "COMPLETED")["warnings"]
    assert warning.startswith("checkpoints_open: 1 ")


def test_a_tour_has_500_checkpoints_at_most(ada: Person, unit: Unit) -> None:
    row, _ = tour(ada)
    with unit() as session:
        tenant = own_tenant(session).tenant_id
        session.add_all(
            Checkpoint(tenant_id=tenant, task_id=row["id"], position=number, name="x", state="ASSIGNED")
            for number in range(1, 500)
        )
    assert made(ada, f"tasks/{row['id']}/checkpoints", name="Last")["position"] == 500
    answer = ada.post(f"tasks/{row['id']}/checkpoints", {"name": "One more"})
    assert answer.status_code == 409
    assert "500" in answer.get_json()["detail"]


def test_checkpoints_made_at_once_have_places_of_their_own(ada: Person, person: MakePerson, at_once: AtOnce) -> None:
    row, _ = tour(ada)
    people = [person(sub=f"person-{number}") for number in range(8)]
    address = f"tasks/{row['id']}/checkpoints"
    answers = at_once(*[lambda who=who: who.post(address, {"name": "Gate"}) for who in people])
    assert [answer.status_code for answer in answers] == [201] * 8
    assert sorted(answer.get_json()["position"] for answer in answers) == list(range(1, 9))


def test_evidence_is_added_and_never_changed(ada: Person) -> None:
    address = f"tasks/{task(ada)['id']}/evidence"
    made(ada, address, kind="observation", text="No leak.")
    reading = made(ada, address, kind="meter_reading", value="118.40", unit="bar", recorded_at=ago(hours=1))
    assert (reading["value"], reading["unit"], reading["recorded_by"]) == ("118.40", "bar", "ada")
    assert [row["kind"] for row in ada.get(address).get_json()["results"]] == ["observation", "meter_reading"]
    assert [row["id"] for row in ada.get(f"{address}?kind=meter_reading").get_json()["results"]] == [reading["id"]]
    assert ada.patch(f"{address}/{reading['id']}", {"value": "1"}).status_code in (404, 405)
    assert ada.get(address.removesuffix("/evidence")).get_json()["version"] == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/kind"),
        ({"kind": "rumour"}, "/kind"),
        ({"kind": "observation"}, "/text"),
        ({"kind": "observation", "text": "  "}, "/text"),
        ({"kind": "observation", "text": "x" * 5001}, "/text"),
        ({"kind": "meter_reading", "unit": "bar"}, "/value"),
        ({"kind": "meter_reading", "value": "much"}, "/value"),
        ({"kind": "meter_reading", "value": "1e20"}, "/value"),
        ({"kind": "meter_reading", "value": "NaN"}, "/value"),
        ({"kind": "meter_reading", "value": "1", "unit": "x" * 21}, "/unit"),
        ({"kind": "attachment"}, "/attachment_ref"),
        ({"kind": "attachment", "attachment_ref": "x" * 501}, "/attachment_ref"),
        ({"kind": "observation", "text": "x", "recorded_by": "bob"}, "/recorded_by"),
    ],
)
def test_what_evidence_refuses(ada: Person, body: dict[str, Any], pointer: str) -> None:
    answer = ada.post(f"tasks/{task(ada)['id']}/evidence", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_who_may_add_evidence(ada: Person, person: MakePerson) -> None:
    address = f"tasks/{task(ada)['id']}/evidence"
    body = {"kind": "observation", "text": "No leak."}
    assert person(roles=["viewer"]).post(address, body).status_code == 403
    assert person(roles=["operator"]).post(address, body).status_code == 201
