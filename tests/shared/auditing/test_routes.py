"""The audit log through HTTP."""

import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from sqlalchemy import select

from shared.app import ServiceApp, ServiceParts, create_service
from shared.audit_log.reading import export
from shared.audit_log.routes import audit_blueprint
from shared.auditing import Entry, EventType, Level, record_many
from shared.config import Settings
from shared.db import Database
from shared.idempotency import IdempotencyKeyMixin
from shared.sealing import archive, seal
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.shared.auditing.conftest import AuditEvent, AuditSeal

ROLES = {
    "viewer": frozenset({"audit.view"}),
    "operator": frozenset({"audit.view", "audit.export"}),
    "admin": frozenset({"audit.view", "audit.export", "audit.manage"}),
}


class SampleSettings(Settings):
    service: ClassVar[str] = "propagation"  # any name that has migrations; readiness is not under test


@pytest.fixture(scope="module")
def app(audited: TestDatabase, redis_url: str, issuer: Issuer) -> Iterator[ServiceApp]:
    settings = SampleSettings.model_validate(
        {
            "database_url": audited.app_url,
            "redis_url": redis_url,
            "jwks": str(issuer.jwks),
            "secret_key": "only-for-tests-" * 4,
            "rate_limit_per_minute": 0,
        }
    )
    parts = ServiceParts(
        title="Sample",
        blueprints=[audit_blueprint(AuditEvent, AuditSeal)],
        role_permissions=ROLES,
        idempotency_keys=IdempotencyKeyMixin,
        on_entry=lambda _session, context, _is_write: context,
        on_denial=lambda _session, _denial: None,
    )
    app = create_service(settings, parts)
    yield app
    app.runtime.db.dispose()


@pytest.fixture
def admin(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id))


@pytest.fixture
def viewer(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id, roles=["viewer"]))


@pytest.fixture
def story(db: Database, context: Context) -> list[int]:
    """Five rows of two people about two things."""
    past = datetime.now(UTC) - timedelta(days=1)
    entries = [
        Entry("thing.created", "thing", 1, event_type=EventType.CREATED, changes={"value": [None, "=1+1"]}),
        Entry("thing.updated", "thing", 1, message='said "a, b"\nand c', retention_until=past),
        Entry("thing.updated", "thing", 2, retention_until=past),
        Entry("access.denied", "permission", level=Level.SECURITY, security_flags=["permission_denied"]),
        Entry("thing.deleted", "thing", 2, event_type=EventType.DELETED, level=Level.WARNING),
    ]
    with db.transaction(context) as session:
        made = [record_many(session, AuditEvent, [entry])[0].id for entry in entries[:4]]
    with db.transaction(Context(tenant_id=context.tenant_id, actor="-bob")) as session:
        return [*made, record_many(session, AuditEvent, entries[4:])[0].id]


def ids(person: Person, query: str = "") -> list[int]:
    answer = person.get(f"audit-log?entity=thing&entity=permission&{query}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.get_json()["results"]]


def test_newest_first_and_the_story_in_its_order(viewer: Person, story: list[int]) -> None:
    assert ids(viewer) == story[::-1]
    assert ids(viewer, "ordering=created_at") == story


def test_pages_have_every_row_once(viewer: Person, story: list[int]) -> None:
    first = viewer.get("audit-log?entity=thing&limit=3").get_json()
    second = viewer.get(first["next"].removeprefix("http://localhost")).get_json()
    found = [row["id"] for row in first["results"] + second["results"]]
    assert found == [story[4], story[2], story[1], story[0]]
    assert second["next"] is None


def test_a_row_has_all_its_fields(viewer: Person, story: list[int], context: Context) -> None:
    row = viewer.get("audit-log?event_type=CREATED").get_json()["results"][0]
    assert row["created_at"].endswith(("Z", "+00:00"))
    del row["created_at"], row["retention_until"]
    assert row == {
        "id": story[0],
        "event_type": "CREATED",
        "level": "INFO",
        "action": "thing.created",
        "entity": "thing",
        "entity_id": "1",
        "actor": "ada",
        "actor_name": "Ada",
        "client_address": None,
        "message": None,
        "changes": {"value": [None, "=1+1"]},
        "metadata": {},
        "security_flags": [],
        "duration_ms": None,
        "correlation_id": str(context.correlation_id),
        "origin_correlation_id": None,
        "retention_class": "standard",
        "is_archived": False,
    }


def test_filters(viewer: Person, story: list[int], context: Context) -> None:
    past, future = quote("2020-01-01T00:00:00+00:00"), quote("2100-01-01T00:00:00Z")
    assert ids(viewer, "actor=-bob") == [story[4]]
    assert ids(viewer, "action=thing.updated&entity_id=2") == [story[2]]
    assert ids(viewer, "level=SECURITY&level=WARNING") == [story[4], story[3]]
    assert ids(viewer, "security_flag=permission_denied") == [story[3]]
    assert ids(viewer, f"correlation_id={context.correlation_id}") == story[3::-1]
    assert ids(viewer, f"created_after={past}&created_before={future}&entity_id=1") == [story[1], story[0]]
    assert ids(viewer, f"created_after={future}") == []
    assert ids(viewer, "expired=true") == [story[2], story[1]]
    assert ids(viewer, "expired=false") == [story[4], story[3], story[0]]


def test_archived_is_a_property_of_the_segment(viewer: Person, db: Database, relay: Database, context: Context) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    with db.transaction(context) as session:
        old = record_many(session, AuditEvent, [Entry("thing.updated", "thing", 1, retention_until=past)])[0].id
    with relay.transaction(Context(tenant_id=None)) as session:
        seal(session, AuditEvent, AuditSeal)
        archive(session, AuditEvent, AuditSeal)
    with db.transaction(context) as session:
        new = record_many(session, AuditEvent, [Entry("thing.updated", "thing", 1)])[0].id
    assert ids(viewer, "archived=true") == [old]
    assert ids(viewer, "archived=false") == [new]


@pytest.mark.parametrize(
    "query", ["level=LOUD", "created_after=yesterday", "correlation_id=1", "colour=red", "ordering=actor"]
)
def test_what_cannot_be_asked(viewer: Person, query: str) -> None:
    assert viewer.get(f"audit-log?{query}").status_code == 422


def test_reading_leaves_a_row(viewer: Person, db: Database, context: Context, story: list[int]) -> None:
    ids(viewer, "actor=-bob")
    with db.transaction(context) as session:
        row = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert row is not None
    assert (row.action, row.event_type, row.entity_type) == ("audit_log.read", "DATA_ACCESSED", "audit_log")
    assert row.metadata_ is not None
    assert row.metadata_["filters"]["actor"] == ["-bob"]


def test_rows_of_others_are_not_shown(app: ServiceApp, issuer: Issuer, story: list[int]) -> None:
    stranger = Person(app.test_client(), "/api/propagation/v1", issuer.token(uuid.uuid4()))
    assert ids(stranger) == []


def test_permissions(viewer: Person, app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> None:
    nobody = Person(app.test_client(), "/api/propagation/v1", issuer.token(tenant_id, roles=["guest"]))
    assert nobody.get("audit-log").get_json()["permission"] == "audit.view"
    assert viewer.get("audit-log/export").get_json()["permission"] == "audit.export"
    assert viewer.post("audit-log/verify").get_json()["permission"] == "audit.manage"
    assert viewer.post("audit-log/redaction-preview", {"value": 1}).get_json()["permission"] == "audit.manage"


def test_export_as_csv(admin: Person, story: list[int], db: Database, context: Context) -> None:
    answer = admin.get("audit-log/export?entity=thing")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "audit-log.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["id"]) for row in rows] == [story[0], story[1], story[2], story[4]]
    assert json.loads(rows[0]["changes"]) == {"value": [None, "=1+1"]}
    assert rows[1]["message"].replace("\r\n", "\n") == 'said "a, b"\nand c'
    assert rows[3]["actor"] == "'-bob"  # a spreadsheet must not run it
    with db.transaction(context) as session:
        exported = select(AuditEvent).where(AuditEvent.action == "audit_log.exported")
        assert session.scalars(exported).one().event_type == "EXPORT_EXECUTED"


def test_export_as_json_lines_is_what_the_list_shows(admin: Person, story: list[int]) -> None:
    answer = admin.get("audit-log/export?format=jsonl&entity=thing")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    exported = [json.loads(line) for line in answer.text.splitlines()]
    listed = admin.get("audit-log?entity=thing&ordering=created_at").get_json()["results"]
    assert [_without_times(row) for row in exported] == [_without_times(row) for row in listed]


def test_a_long_export_comes_in_pieces(admin: Person, db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        record_many(session, AuditEvent, [Entry("thing.updated", "thing", n) for n in range(1_600)])
    answer = admin.get("audit-log/export?format=jsonl&entity=thing")
    assert answer.content_length is None
    assert answer.text.count("\n") == 1_600


def test_an_export_that_is_broken_off_leaves_nothing_open(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        record_many(session, AuditEvent, [Entry("thing.updated", "thing", n) for n in range(1_600)])
    with db.transaction(context) as session:
        pieces = export(session, AuditEvent, AuditSeal, {}, form="jsonl")
        assert next(iter(pieces)).count(b"\n") == 500
        pieces.close()
        assert session.scalar(select(1)) == 1


def test_verify(admin: Person, relay: Database, story: list[int]) -> None:
    with relay.transaction(Context(tenant_id=None)) as session:
        seal(session, AuditEvent, AuditSeal)
    found = admin.post("audit-log/verify").get_json()
    assert found == {
        "intact": True,
        "seals": 1,
        "rows": 5,
        "unsealed_rows": 0,
        "truncated": False,
        "findings": [],
    }
    assert admin.post("audit-log/verify").get_json()["unsealed_rows"] == 1  # the row about the first one


def test_redaction_preview(admin: Person) -> None:
    sent = {"value": {"email": "ada@example.com", "message": "call 5551234", "size": 3}}
    answer = admin.post("audit-log/redaction-preview", sent)
    assert answer.get_json() == {"value": {"email": "[REDACTED]", "message": "call [PHONE]", "size": 3}}


def _without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("created_at", "retention_until")}
