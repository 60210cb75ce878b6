"""What a person writes is stored under that person's key; destroying it erases the texts everywhere, for good."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from services.workflow.models import AuditEvent, AuditSeal, PersonKey, Step, TicketEntry, TransitionRecord
from services.workflow.models.person_keys import ERASED, seal
from shared.app import ServiceApp
from shared.db import Database
from shared.sealing import seal as seal_log
from shared.sealing import verify
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import made, moved

NOTE, WHY = "Called Mrs Smith, she was cross.", "Nobody answers the door."


@pytest.fixture
def grace(person: MakePerson) -> Person:
    return person(sub="grace")


def ticket(person: Person) -> str:
    return f"tickets/{made(person, 'tickets', subject='Elevator')['id']}"


def written(person: Person, address: str) -> None:
    """A note, a comment of a transition, and one of an escalation."""
    assert person.post(f"{address}/history", {"text": NOTE}).get_json()["text"] == NOTE
    moved(person, address, "OPEN", comments=WHY)
    assert person.post(f"{address}/escalate", {"comments": WHY}).status_code == 200


def texts(reader: Person, address: str) -> list[str]:
    """Every place in which the texts can be read."""
    story = [entry["text"] for entry in reader.get(f"{address}/history").get_json()["results"]]
    attempts = [row["comments"] for row in reader.get("transitions").get_json()["results"]]
    rows = reader.get("audit-log?action=ticket.state_changed").get_json()["results"]
    exported = [json.loads(line) for line in reader.get("audit-log/export?format=jsonl").get_data().splitlines()]
    log = [row["message"] for row in rows] + [row["record"]["comments"] for row in rows]
    log += [row["message"] for row in exported if row["action"] == "ticket.state_changed"]
    return [text for text in story + attempts + log if text]


def erased(ada: Person, second: Person, subject: str) -> dict[str, Any]:
    asked = made(ada, "erasures", subject=subject, reason="She has left.")
    done = second.post(f"erasures/{asked['id']}/carry-out")
    assert done.status_code == 200, done.get_data(as_text=True)
    found: dict[str, Any] = done.get_json()
    return found


def test_texts_are_stored_unreadable_and_shown_readable(ada: Person, grace: Person, unit: Unit) -> None:
    address = ticket(ada)
    written(grace, address)
    assert sorted(set(texts(ada, address))) == [NOTE, WHY]
    with unit() as session:
        stored = [
            *session.scalars(select(TicketEntry.text)),
            *session.scalars(select(TransitionRecord.comments)),
            *session.scalars(select(AuditEvent.message).where(AuditEvent.action == "ticket.state_changed")),
            *session.scalars(select(Step.comments)),
        ]
    assert len([text for text in stored if text]) >= 4
    assert all(text.startswith("⟦") and not any(char.isdigit() for char in text) for text in stored if text)


def test_an_erasure_takes_two_people_and_spares_the_others(
    app: ServiceApp,
    workflow_database: TestDatabase,
    tenant_id: uuid.UUID,
    ada: Person,
    grace: Person,
    person: MakePerson,
) -> None:
    address = ticket(ada)
    written(grace, address)
    ada.post(f"{address}/history", {"text": "Mine."})
    relay = Database(workflow_database.relay_url, pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        seal_log(session, AuditEvent, AuditSeal)
    asked = made(ada, "erasures", subject="grace", reason="She has left.")
    assert (asked["state"], asked["keys_destroyed"]) == ("PENDING", 0)
    alone = ada.post(f"erasures/{asked['id']}/carry-out")
    assert (alone.status_code, alone.get_json()["code"]) == (403, "own_work")
    twice = grace.post("erasures", {"subject": "grace", "reason": "Again."})
    assert (twice.status_code, twice.get_json()["code"]) == (409, "already_exists")
    assert set(texts(ada, address)) == {NOTE, WHY, "Mine."}
    second = person(sub="boss")
    done = second.post(f"erasures/{asked['id']}/carry-out").get_json()
    assert (done["state"], done["decided_by"], done["keys_destroyed"]) == ("DONE", "boss", 1)
    assert set(texts(ada, address)) == {ERASED, "Mine."}
    late = second.post(f"erasures/{asked['id']}/withdraw")
    assert (late.status_code, late.get_json()["code"]) == (409, "already_decided")
    with relay.transaction(Context(tenant_id=None)) as session:
        found = verify(session, AuditEvent, AuditSeal, tenant_id=tenant_id)
        assert found.intact
        assert found.rows > 0
    (row,) = ada.get("audit-log?action=person.erased").get_json()["results"]
    assert (row["entity_id"], row["actor"], row["metadata"]["asked_by"]) == ("grace", "boss", "ada")
    # Who writes again gets another key.
    grace.post(f"{address}/history", {"text": "Back again."})
    assert "Back again." in texts(ada, address)


def test_an_erasure_can_be_withdrawn_and_seen(ada: Person, grace: Person, person: MakePerson) -> None:
    asked = made(ada, "erasures", subject="bob", reason="A mistake.")
    assert grace.post(f"erasures/{asked['id']}/withdraw").get_json()["state"] == "WITHDRAWN"
    assert grace.get(f"erasures/{asked['id']}").get_json()["reason"] == "A mistake."
    assert [one["id"] for one in grace.get("erasures?state=WITHDRAWN").get_json()["results"]] == [asked["id"]]
    assert grace.get("erasures/999999").status_code == 404
    assert grace.post("erasures/999999/carry-out").status_code == 404
    assert person(sub="max", roles=["manager"]).get("erasures").status_code == 403
    assert erased(ada, grace, "bob")["keys_destroyed"] == 0


def test_a_person_has_one_key_whoever_writes_first(ada: Person, person: MakePerson, unit: Unit) -> None:
    addresses = [ticket(ada) for _ in range(4)]
    writers = [person(sub="zoe") for _ in addresses]
    with ThreadPoolExecutor(4) as pool:
        notes = [
            pool.submit(writer.post, f"{address}/history", {"text": NOTE})
            for writer, address in zip(writers, addresses, strict=True)
        ]
        assert [note.result().status_code for note in notes] == [201] * 4
    with unit() as session:
        assert len(session.scalars(select(PersonKey).where(PersonKey.subject == "zoe")).all()) == 1


def test_reading_many_persons_takes_the_same_number_of_statements(
    app: ServiceApp, ada: Person, person: MakePerson
) -> None:
    def statements(people: int) -> int:
        address = ticket(ada)
        for number in range(people):
            assert person(sub=f"p{number}").post(f"{address}/history", {"text": NOTE}).status_code == 201
        with counting(app.runtime.db.engine) as counted:
            assert len(ada.get(f"{address}/history").get_json()["results"]) == people
        return len(counted)

    statements(1)
    assert statements(2) == statements(6)


def test_the_longest_text_has_room(ada: Person) -> None:
    address = ticket(ada)
    assert ada.post(f"{address}/history", {"text": "🛗" * 5000}).get_json()["text"] == "🛗" * 5000


def test_what_only_looks_sealed_is_a_text_like_any_other(ada: Person) -> None:
    address = ticket(ada)
    forged = seal("never mine", key=b"k" * 32, number=1)
    assert ada.post(f"{address}/history", {"text": forged}).get_json()["text"] == forged
    assert forged in texts(ada, address)
