"""Saved searches, and messages about what is new in them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.workflow.config import Settings
from services.workflow.models import Ticket
from services.workflow.operations.search import alerting
from services.workflow.schemas.search import FiltersByEntity
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.search.items import Store
from tests.workflow.search.items import store as store


def save(person: Person, name: str, query: str = "pump", **body: Any) -> Any:
    return person.post("saved-searches", {"name": name, "query": query} | body)


def names(person: Person, query: str = "") -> list[str]:
    return [one["name"] for one in person.get(f"saved-searches{query}").get_json()["results"]]


def test_own_ones_newest_first_and_public_ones_when_asked(ada: Person, person: MakePerson) -> None:
    bob = person(sub="bob", roles=["operator"])
    assert save(ada, "one").status_code == 201
    shared = save(ada, "two", is_public=True).get_json()
    save(bob, "three")
    assert names(ada) == ["two", "one"]
    assert names(bob) == ["three"]
    assert names(bob, "?include=public") == ["three", "two"]
    assert names(person(tenant_id=uuid.uuid4()), "?include=public") == []
    assert bob.get(f"saved-searches/{shared['id']}").status_code == 200
    assert bob.patch(f"saved-searches/{shared['id']}", {"name": "mine"}).status_code == 403


def test_private_ones_look_missing_to_others(ada: Person, person: MakePerson) -> None:
    saved = save(ada, "one").get_json()
    bob = person(sub="bob", roles=["operator"])
    assert bob.get(f"saved-searches/{saved['id']}").status_code == 404
    assert bob.delete(f"saved-searches/{saved['id']}").status_code == 404


def test_they_are_changed_with_a_version_and_deleted(ada: Person) -> None:
    saved = save(ada, "one").get_json()
    changed = ada.patch(f"saved-searches/{saved['id']}", {"name": "two", "version": 0})
    assert (changed.get_json()["name"], changed.get_json()["version"]) == ("two", 1)
    assert ada.patch(f"saved-searches/{saved['id']}", {"name": "x", "version": 0}).status_code == 409
    assert ada.delete(f"saved-searches/{saved['id']}").status_code == 204
    assert names(ada) == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"description": "x" * 501},
        {"query": "x"},
        {"alert_frequency": "yearly"},
        {"entities": ["planet"]},
        {"filters": {"ticket": {"colour": "red"}}},
    ],
)
def test_bad_ones_are_refused(ada: Person, body: dict[str, Any]) -> None:
    assert ada.post("saved-searches", {"name": "one", "query": "pump"} | body).status_code == 422


def test_sharing_needs_its_permission(person: MakePerson) -> None:
    viewer = person(roles=["viewer"])
    assert save(viewer, "one").status_code == 201
    assert save(viewer, "two", is_public=True).status_code == 403


def test_each_new_item_is_reported_once(
    ada: Person, app: ServiceApp, settings: Settings, tenant_id: uuid.UUID, store: Store
) -> None:
    saved = save(
        ada, "new", alert_enabled=True, alert_frequency="realtime", filters={"ticket": {"status": "NEW"}},
        entities=["ticket"],
    ).get_json()  # fmt: skip

    def look() -> list[str]:
        with app.runtime.db.transaction(Context(tenant_id=tenant_id)) as session:
            session.info["settings"] = settings
            later = datetime.now(UTC) + timedelta(minutes=2)
            due = alerting.due_alerts(session, now=later)
            assert list(due) == [saved["id"]]
            found = alerting.alert(session, due[0], understand=FiltersByEntity().load)
            return [one["title"] for one in found.items] if found else []

    assert look() == []
    store(Ticket, "Pump one", {"subject": "Pump open", "state": "OPEN"}, "Valve")
    assert look() == ["Pump one"]
    store(Ticket, "Pump two")
    assert look() == ["Pump two"]
    assert look() == []
    messages = ada.get(f"saved-searches/{saved['id']}/alerts").get_json()["results"]
    assert [[item["title"] for item in one["items"]] for one in messages] == [["Pump two"], ["Pump one"]]
    assert ada.post(messages[0]["mute"], {}).get_json()["alert_enabled"] is False
