"""Writing: who did what to which thing, single, many, and as part of a mass change."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, literal, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from shared.auditing import (
    Entry,
    EventType,
    Level,
    changes_of,
    classes_of,
    diff,
    record,
    record_many,
    record_rows,
)
from shared.db import Database
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.auditing.conftest import AuditEvent, Thing

CLASSES = classes_of(Thing.__table__)  # type: ignore[arg-type]


def events(session: Session) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def things(session: Session, count: int) -> None:
    numbers = func.generate_series(1, count).column_valued("n")
    rows = select(numbers, literal("old"), literal("+49 151 2345678"))
    session.execute(insert(Thing).from_select(["id", "value", "phone"], rows, include_defaults=False))


@contextmanager
def counted_statements(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_row_carries_the_context(db: Database) -> None:
    context = Context(
        tenant_id=uuid.uuid4(),
        actor="ada",
        actor_name="Ada",
        client_address="192.0.2.7",
        origin_correlation_id=uuid.uuid4(),
    )
    with db.transaction(context) as session:
        written = record(
            session,
            AuditEvent,
            action="thing.updated",
            entity_type="thing",
            entity_id=7,
            changes=diff({"value": "a"}, {"value": "b"}),
            metadata={"source": "test"},
            duration_ms=12,
        )
    with db.transaction(context) as session:
        (row,) = events(session)
    assert (row.id, row.created_at) == (written.id, written.created_at)
    assert (row.tenant_id, row.actor, row.actor_name) == (context.tenant_id, "ada", "Ada")
    assert (row.correlation_id, row.origin_correlation_id) == (context.correlation_id, context.origin_correlation_id)
    assert (row.client_address, row.duration_ms) == ("192.0.2.7", 12)
    assert (row.event_type, row.level, row.entity_type, row.entity_id) == ("UPDATED", "INFO", "thing", "7")
    assert (row.changes, row.metadata_) == ({"value": ["a", "b"]}, {"source": "test"})
    assert (row.retention_until - row.created_at).days == 90


def test_how_long_rows_are_kept_is_said_to_the_database(audited: TestDatabase, context: Context) -> None:
    db = Database(audited.app_url, pooled=False, audit_days=400)
    things = select(literal(1).label("id")).union_all(select(literal(2))).subquery()
    with db.transaction(context) as session:
        record(session, AuditEvent, action="thing.updated", entity_type="thing")
        session.execute(
            record_rows(session, AuditEvent, Entry("thing.updated", "thing"), source=things, entity_id=things.c.id)
        )
        assert {(row.retention_until - row.created_at).days for row in events(session)} == {400}


def test_many_rows_are_one_statement_and_keep_their_order(db: Database, context: Context) -> None:
    entries = [Entry("thing.updated", "thing", number, message=f"number {number}") for number in range(500)]
    with db.transaction(context) as session, counted_statements(db) as statements:
        written = record_many(session, AuditEvent, entries)
    assert len(statements) == 1
    assert len(written) == 500
    with db.transaction(context) as session:
        assert [row.entity_id for row in events(session)] == [str(number) for number in range(500)]


def test_rows_of_different_retention_go_together(db: Database, context: Context) -> None:
    longer = datetime.now(UTC) + timedelta(days=400)
    entries = [Entry("thing.updated", "thing"), Entry("thing.updated", "thing", retention_until=longer)]
    with db.transaction(context) as session:
        record_many(session, AuditEvent, entries)
        kept = [(row.retention_until - row.created_at).days for row in events(session)]
    assert kept in ([90, 400], [90, 399])


def test_text_that_postgresql_cannot_store_does_not_stop_a_row(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        record(
            session,
            AuditEvent,
            action="thing.updated",
            entity_type="thing",
            message="a\0b",
            changes={"value": ["\ud800", {"k": "x\0"}]},
        )
        (row,) = events(session)
    assert row.message == "a\ufffdb"
    assert row.changes == {"value": ["?", {"k": "x\ufffd"}]}


def test_what_python_writes_is_redacted(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        record(
            session,
            AuditEvent,
            action="thing.updated",
            entity_type="thing",
            message="call 5551234567 or ada@example.com",
            changes={"password": ["old", "new"], "nickname": ["x", "y"], "value": ["a", "ada@example.com"]},
            metadata={"deep": [{"apiKey": "k", "note": "9876543210"}]},
            classification={"nickname": "personal", "value": "public"},
            event_type=EventType.PERMISSION_DENIED,
            level=Level.SECURITY,
            security_flags=["permission_denied"],
        )
        (row,) = events(session)
    assert row.message == "call [PHONE] or [EMAIL]"
    assert row.changes == {
        "password": ["[REDACTED]", "[REDACTED]"],
        "nickname": ["[REDACTED]", "[REDACTED]"],
        "value": ["a", "[EMAIL]"],
    }
    assert row.metadata_ == {"deep": [{"apiKey": "[REDACTED]", "note": "[PHONE]"}]}
    assert row.security_flags == ["permission_denied"]


@pytest.mark.parametrize("action", ["updated", "thing.Updated", "thing updated", "thing.", "thing.x; drop"])
def test_an_action_is_a_dotted_word(action: str) -> None:
    with pytest.raises(ValueError, match="dotted word"):
        Entry(action, "thing")


def test_a_mass_change_writes_its_rows_itself(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        things(session, 10_000)
    with db.transaction(context) as session, counted_statements(db) as statements:
        old = select(Thing.id, Thing.value, Thing.phone).where(Thing.id > 1).cte("old")
        new = (
            update(Thing)
            .where(Thing.id == old.c.id)
            .values(value=literal("new ") + old.c.value, phone=None)
            .returning(Thing.id, Thing.value, Thing.phone, old.c.value.label("was"), old.c.phone.label("called"))
            .cte("new")
        )
        pairs = {"value": (new.c.was, new.c.value), "phone": (new.c.called, new.c.phone)}
        entry = Entry("thing.regenerated", "thing", metadata={"run": "r1"})
        statement = record_rows(
            session, AuditEvent, entry, source=new, entity_id=new.c.id, changes=changes_of(pairs, CLASSES)
        )
        session.execute(statement)
    assert len(statements) == 1
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 9_999
        row = session.scalars(select(AuditEvent).where(AuditEvent.entity_id == "77")).one()
    assert row.changes == {"value": ["old", "new old"], "phone": ["[REDACTED]", None]}
    assert (row.action, row.actor, row.metadata_) == ("thing.regenerated", "ada", {"run": "r1"})
    assert row.correlation_id == context.correlation_id


def test_expressions_take_no_field_without_a_class() -> None:
    with pytest.raises(ValueError, match="no class"):
        changes_of({"salary": (literal(1), literal(2))}, CLASSES)


def test_rows_belong_to_their_tenant(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        record(session, AuditEvent, action="thing.created", entity_type="thing", event_type=EventType.CREATED)
    with db.transaction(Context(tenant_id=uuid.uuid4())) as session:
        assert events(session) == []
    with pytest.raises(ProgrammingError, match="row-level security"), db.transaction(context) as session:
        session.execute(text("select set_config('app.tenant_id', :t, true)"), {"t": str(uuid.uuid4())})
        values = {"event_type": "X", "action": "x.y", "entity_type": "x", "correlation_id": uuid.uuid4()}
        session.execute(insert(AuditEvent).values(tenant_id=context.tenant_id, **values))


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_events set message = 'x'",
        "delete from audit_events",
        "truncate audit_events",
        "update audit_seals set row_count = 1",
        "select ensure_audit_partitions(1)",
        "select * from audit_events_p2_default",
    ],
)
def test_the_application_only_inserts_and_reads(db: Database, context: Context, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.transaction(context) as session:
        session.execute(text(statement))


def test_a_refused_write_takes_its_rows_with_it(db: Database, context: Context) -> None:
    with pytest.raises(RuntimeError), db.transaction(context) as session:
        record(session, AuditEvent, action="thing.created", entity_type="thing")
        raise RuntimeError
    with db.transaction(context) as session:
        assert events(session) == []
