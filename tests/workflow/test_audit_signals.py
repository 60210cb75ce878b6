"""With ENABLE_AUDIT_SIGNALS off, what people decide is still recorded; what they only write down is not."""

import uuid
from collections.abc import Iterator

import pytest

from services.workflow.app import create_app
from services.workflow.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.workflow.working import moved, order, ticket


@pytest.fixture(scope="module")
def quiet(workflow_settings: Settings) -> Iterator[ServiceApp]:
    app = create_app(workflow_settings.model_copy(update={"enable_audit_signals": False}))
    yield app
    app.runtime.db.dispose()


@pytest.fixture
def ada(quiet: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(quiet.test_client(), "/api/workflow/v1", issuer.token(tenant_id))


@pytest.fixture
def bob(quiet: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(quiet.test_client(), "/api/workflow/v1", issuer.token(tenant_id, sub="bob", roles=["viewer"]))


def recorded(person: Person) -> list[tuple[str, str]]:
    """Type and action of each row but those about reading the log, in the order of time."""
    rows = person.get("audit-log?ordering=created_at&limit=200").get_json()["results"]
    return [(row["event_type"], row["action"]) for row in rows if row["event_type"] != "DATA_ACCESSED"]


def test_creating_editing_assigning_and_deleting_leave_no_rows(ada: Person) -> None:
    assert ada.get("features").get_json()["ENABLE_AUDIT_SIGNALS"] is False
    row = ticket(ada)
    assert ada.patch(f"tickets/{row['id']}", {"priority": "HIGH"}).status_code == 200
    assert ada.post(f"tickets/{row['id']}/assign", {"assigned_to_user": "grace"}).status_code == 200
    assert ada.post("tickets/bulk/assign", {"ids": [row["id"]], "assigned_to_team": "night"}).status_code == 200
    assert ada.post(f"tickets/{row['id']}/escalate").status_code == 200
    assert ada.delete(f"tickets/{row['id']}").status_code == 204
    assert [kind for kind, _action in recorded(ada)] == ["BULK_OPERATION"]


def test_transitions_are_recorded(ada: Person) -> None:
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", "OPEN")
    assert ada.post(f"tickets/{row['id']}/transition", {"target_state": "CLOSED", "comments": "x"}).status_code == 409
    assert recorded(ada) == [
        ("STATE_CHANGED", "ticket.state_changed"),
        ("STATE_CHANGED", "ticket.state_change_refused"),
    ]


def test_bulk_calls_are_recorded(ada: Person) -> None:
    ids = [order(ada)["id"] for _each in range(2)]
    assert ada.post("work-orders/bulk/transition", {"ids": ids, "target_state": "SUBMITTED"}).status_code == 200
    assert sorted(kind for kind, _action in recorded(ada)) == ["BULK_OPERATION", "STATE_CHANGED", "STATE_CHANGED"]


def test_denials_and_exports_are_recorded(ada: Person, bob: Person) -> None:
    row = ticket(ada)
    assert bob.delete(f"tickets/{row['id']}").status_code == 403
    assert ada.get("audit-log/export").status_code == 200
    assert recorded(ada) == [("PERMISSION_DENIED", "access.denied"), ("EXPORT_EXECUTED", "audit_log.exported")]
