"""The audit log of this service: rows with their own records, how long they are kept, and what happens without it."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, make_url, select, text

from services.workflow import jobs
from services.workflow.config import Settings
from services.workflow.models import AuditEvent, AuditSpool, BulkRecord, TransitionRecord
from services.workflow.routes.audit import records_of
from shared.app import ServiceApp
from shared.auditing import EventType, record
from shared.db import Database
from shared.jobs.duties import Duty
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.working import audit_rows, moved, order, ticket


def rows(person: Person, **query: str) -> list[dict[str, Any]]:
    answer = person.get("audit-log", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.get_json()["results"]
    return found


def test_a_transition_is_shown_with_its_record(ada: Person) -> None:
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", "OPEN", comments="call +49 30 1234567", metadata={"place": "hall"})
    (shown,) = audit_rows(ada, "ticket", row["id"], event_type="STATE_CHANGED")
    record = shown["record"]
    assert (record["machine"], record["from_state"], record["to_state"]) == ("ticket", "NEW", "OPEN")
    assert (record["success"], record["error_codes"], record["reason"]) == (True, [], "user_action")
    assert (record["comments"], record["metadata"]) == ("call [PHONE]", {"place": "hall"})
    assert record["entity_id"] == row["id"]
    assert float(record["seconds_in_state"]) >= 0
    assert float(record["execution_ms"]) > 0
    assert float(record["lock_wait_ms"]) >= 0


def test_a_row_names_everything_that_is_known(ada: Person) -> None:
    row = ticket(ada)
    (shown,) = audit_rows(ada, "ticket", row["id"])
    assert shown.keys() >= {
        *("event_type", "level", "action", "entity", "entity_id", "actor", "client_address", "message", "changes"),
        *("metadata", "security_flags", "duration_ms", "retention_until", "is_archived", "correlation_id", "record"),
    }
    assert (shown["event_type"], shown["level"], shown["action"]) == ("CREATED", "INFO", "ticket.created")
    assert (shown["entity"], shown["entity_id"], shown["actor"]) == ("ticket", str(row["id"]), "ada")
    assert (shown["record"], shown["is_archived"]) == (None, False)
    kept = datetime.fromisoformat(shown["retention_until"]) - datetime.fromisoformat(shown["created_at"])
    assert kept == timedelta(days=90)


def test_a_refused_transition_is_shown_with_its_record(ada: Person) -> None:
    row = ticket(ada)
    answer = ada.post(f"tickets/{row['id']}/transition", {"target_state": "CLOSED"})
    assert answer.status_code == 409
    (shown,) = audit_rows(ada, "ticket", row["id"], event_type="STATE_CHANGED")
    assert (shown["level"], shown["record"]["success"]) == ("WARNING", False)
    assert shown["record"]["error_codes"] == ["transition_not_allowed"]
    assert shown["record"]["suspicious"] is True


def test_a_denied_transition_is_shown_with_its_denial(ada: Person, person: MakePerson) -> None:
    row = ticket(ada)
    bob = person(roles=["operator"], sub="bob")
    answer = bob.post(f"tickets/{row['id']}/cancel", {"comments": "not needed"})
    assert answer.status_code == 403
    (shown,) = audit_rows(ada, "ticket", row["id"], event_type="PERMISSION_DENIED")
    assert (shown["level"], shown["actor"]) == ("SECURITY", "bob")
    assert set(shown["security_flags"]) >= {"permission_denied", "SECURITY_EVENT"}
    record = shown["record"]
    assert record["required_permissions"] == ["ticket.cancel"]
    assert "ticket.view" in record["held_permissions"]
    assert "ticket.cancel" not in record["held_permissions"]
    assert (record["attempted_action"], record["method"]) == ("ticket.cancel", "POST")
    assert record["path"] == f"/api/workflow/v1/tickets/{row['id']}/cancel"
    assert (record["risk_score"], record["risk_level"], record["suspicious"]) == (40, "MEDIUM", False)


def test_a_bulk_row_is_shown_with_its_record(ada: Person, unit: Unit, tenant_id: uuid.UUID) -> None:
    order(ada)
    with unit() as session:
        audit = record(
            session,
            AuditEvent,
            action="work_order.bulk_approve",
            entity_type="work_order",
            event_type=EventType.BULK_OPERATION,
        )
        told = {"operation": "transition_to_APPROVED", "entity": "work_order", "total": 200, "successful": 180}
        session.add(
            BulkRecord(
                tenant_id=tenant_id,
                audit_id=audit.id,
                correlation_id=uuid.uuid4(),
                failed=20,
                success_ratio=0.9,
                **told,
            )
        )
    (shown,) = rows(ada, event_type="BULK_OPERATION")
    assert shown["record"].items() >= (told | {"failed": 20, "success_ratio": 0.9, "was_rolled_back": False}).items()


@pytest.mark.parametrize("number", [2, 12])
def test_records_take_a_statement_for_each_kind(app: ServiceApp, ada: Person, unit: Unit, number: int) -> None:
    for _each in range(number):
        moved(ada, f"tickets/{ticket(ada)['id']}", "OPEN")
    with unit() as session:
        events = session.scalars(select(AuditEvent)).all()
        with counting(app.runtime.db.engine) as statements:
            assert len(records_of(session, events)) == number
    assert len(statements) == 1


def test_the_log_is_filtered(ada: Person, person: MakePerson, unit: Unit) -> None:
    row = ticket(ada)
    person(roles=["viewer"], sub="bob").delete(f"tickets/{row['id']}")
    assert [shown["actor"] for shown in rows(ada, level="SECURITY")] == ["bob"]
    assert [shown["actor"] for shown in rows(ada, security_flag="permission_denied")] == ["bob"]
    assert rows(ada, expired="true") == rows(ada, archived="true") == []
    assert {shown["entity"] for shown in rows(ada, entity="ticket", expired="false")} == {"ticket"}
    over = {"entity_type": "ticket", "entity_id": row["id"], "retention_until": datetime.now(UTC) - timedelta(days=1)}
    with unit() as session:
        record(session, AuditEvent, action="ticket.noticed", **over)
    assert [shown["action"] for shown in rows(ada, expired="true")] == ["ticket.noticed"]
    assert "ticket.noticed" not in {shown["action"] for shown in rows(ada, expired="false")}


def test_a_tenant_keeps_some_rows_longer(ada: Person) -> None:
    answer = ada.patch("settings", {"retention_days": {"STATE_CHANGED": 400, "CREATED": 30}})
    assert answer.status_code == 200
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", "OPEN")
    created, changed = audit_rows(ada, "ticket", row["id"])
    for shown, days in ((created, 90), (changed, 400)):
        kept = datetime.fromisoformat(shown["retention_until"]) - datetime.fromisoformat(shown["created_at"])
        assert kept == timedelta(days=days)
    assert (created["retention_class"], changed["retention_class"]) == ("standard", "400_days")


def test_any_object_shows_what_would_be_stored(ada: Person, person: MakePerson) -> None:
    sent = {"email": "ada@example.com", "notes": ["write to bob@example.com"], "size": 3, "changes": {"iban": None}}
    answer = ada.post("audit-log/redaction-preview", sent)
    assert answer.get_json() == {
        "email": "[REDACTED]",
        "notes": ["write to [EMAIL]"],
        "size": 3,
        "changes": {"iban": None},
    }
    assert "ada@example.com" not in str(rows(ada))
    assert person(roles=["manager"]).post("audit-log/redaction-preview", sent).status_code == 403
    assert ada.post("audit-log/redaction-preview", [1]).status_code == 422


@pytest.fixture
def owner(workflow_database: TestDatabase) -> Iterator[Connection]:
    engine = create_engine(make_url(workflow_database.owner_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def log_refuses(owner: Connection) -> Iterator[None]:
    """The application has lost its right to write to the log."""
    owner.execute(text("revoke insert on audit_events from concord_workflow_app"))
    owner.commit()
    yield
    owner.execute(text("grant insert on audit_events to concord_workflow_app"))
    owner.commit()


@pytest.fixture
def relay(settings: Settings) -> Iterator[Database]:
    assert settings.relay_url is not None
    db = Database(settings.relay_url.get_secret_value(), pooled=False)
    yield db
    db.dispose()


def duty(settings: Settings, name: str) -> Duty:
    return next(found for found in jobs.relayed(settings).duties if found.name == name)


@pytest.mark.usefixtures("log_refuses")
def test_the_business_goes_on_while_the_log_takes_nothing(
    ada: Person, unit: Unit, owner: Connection, relay: Database, settings: Settings
) -> None:
    row = ticket(ada)
    moved(ada, f"tickets/{row['id']}", "OPEN")
    with unit() as session:
        waiting = session.scalars(select(AuditSpool).order_by(AuditSpool.id)).all()
        assert [entry.row["action"] for entry in waiting] == ["ticket.created", "ticket.state_changed"]
        assert session.scalars(select(TransitionRecord.audit_id)).one() == -waiting[1].id
    owner.execute(text("grant insert on audit_events to concord_workflow_app"))
    owner.commit()
    with relay.transaction(Context(tenant_id=None)) as session:
        duty(settings, "spool").function(session)
    created, changed = audit_rows(ada, "ticket", row["id"])
    assert (created["action"], changed["action"]) == ("ticket.created", "ticket.state_changed")
    assert changed["record"]["to_state"] == "OPEN"
