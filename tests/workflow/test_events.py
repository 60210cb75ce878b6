"""The live stream: what has been committed, in its order, and only what the caller sees."""

import json
import uuid
from typing import Any

import pytest

from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import moved, order, task, ticket


@pytest.fixture(autouse=True)
def short(app: ServiceApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that end after one look."""
    monkeypatch.setattr(app.runtime.settings, "event_stream_seconds", 0)


def told(person: Person, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of the events after a number, as far as there are any now."""
    answer = person.get(f"events?last_event_id={after}")
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    messages = [message.split("\n") for message in answer.get_data(as_text=True).split("\n\n") if "data:" in message]
    fields = [dict(line.split(": ", 1) for line in message) for message in messages]
    return [(found["event"], json.loads(found["data"])) for found in fields]


def test_old_and_new_state_are_told(ada: Person) -> None:
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", "OPEN")
    created, changed = told(ada)
    assert created == ("ticket.created", {"entity": "ticket", "entity_id": row["id"]})
    assert changed[0] == "ticket.state_changed"
    assert changed[1].items() >= {"entity_id": row["id"], "from_state": "NEW", "to_state": "OPEN"}.items()


def test_a_stream_resumes_after_what_was_seen(ada: Person) -> None:
    row = ticket(ada)
    text = ada.get("events?last_event_id=0").get_data(as_text=True)
    (number,) = [int(line[4:]) for line in text.splitlines() if line.startswith("id: ")]
    assert told(ada, number) == []
    ada.patch(f"tickets/{row['id']}", {"priority": "HIGH"})
    assert [kind for kind, _data in told(ada, number)] == ["ticket.updated"]


def test_what_was_refused_is_not_told(ada: Person) -> None:
    row = ticket(ada)
    assert ada.post(f"tickets/{row['id']}/transition", {"target_state": "CLOSED"}).status_code == 409
    dry = ada.post(f"tickets/{row['id']}/transition", {"target_state": "OPEN", "dry_run": True})
    assert dry.status_code == 200
    assert [kind for kind, _data in told(ada)] == ["ticket.created"]


def test_what_was_rolled_back_is_not_told(ada: Person) -> None:
    orders = [order(ada) for _each in range(2)]
    ids = [row["id"] for row in orders]
    answer = ada.post("work-orders/bulk/transition", {"ids": [*ids, 10**9], "target_state": "SUBMITTED"})
    assert answer.status_code == 409
    assert [kind for kind, _data in told(ada)] == ["work_order.created"] * 2
    assert ada.post("work-orders/bulk/transition", {"ids": ids, "target_state": "SUBMITTED"}).status_code == 200
    assert [(kind, data["entity_id"]) for kind, data in told(ada)][2:] == [("work_order.submitted", one) for one in ids]


def test_everybody_hears_of_what_they_see(ada: Person, person: MakePerson) -> None:
    own = ticket(ada, requester="bob")
    ticket(ada)
    job = task(ada, assigned_to_user="bob")
    bob = person(roles=[], sub="bob", permissions=["job.view", "ticket.view_own", "task.view"])
    assert [data["entity_id"] for kind, data in told(bob) if kind.startswith("ticket.")] == [own["id"]]
    assert [data["entity_id"] for kind, data in told(bob) if kind.startswith("task.")] == [job["id"]]
    stranger = person(roles=[], sub="carol", permissions=["job.view"])
    assert told(stranger) == []
    assert told(person(tenant_id=uuid.uuid4())) == []


@pytest.mark.parametrize("number", [2, 12])
def test_a_look_takes_the_same_statements(app: ServiceApp, ada: Person, unit: Unit, number: int) -> None:
    for _each in range(number):
        ticket(ada)
    with counting(app.runtime.db.engine) as statements:
        assert len(told(ada)) == number
    assert len([one for one in statements if "job_events" in one]) == 1
