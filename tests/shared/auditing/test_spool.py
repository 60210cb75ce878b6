"""When the log takes no rows the business goes on, and nothing of what happened is lost."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.auditing import Entry, record, record_many
from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.auditing.spool import AuditSpoolMixin, AuditUnavailable, move_spool, spool_figures
from shared.auditing.writing import write_rows
from shared.db import TYPES, Database, new_metadata
from shared.jobs.duties import Pass
from shared.sealing import duties, verify
from shared.sealing.duties import audit_duties
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase
from tests.shared.auditing.conftest import add_audit_tables, owner_engine

SYSTEM = Context(tenant_id=None)


class SpoolBase(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class AuditSpool(AuditSpoolMixin, SpoolBase):
    __tablename__ = "audit_spool"


class Noted(TenantOwned, SpoolBase):
    """A record of its own beside an audit row."""

    __tablename__ = "noted"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audit_id: Mapped[int]


class LogBase(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class AuditEvent(AuditEventMixin, LogBase):
    __tablename__ = "audit_events"
    spool = AuditSpool


class AuditSeal(AuditSealMixin, LogBase):
    __tablename__ = "audit_seals"


NOTED = SpoolBase.metadata.tables["noted"]
PRIVILEGES = {"audit_spool": ("select, insert", "select, delete"), "noted": ("select, insert", "select, update")}


@pytest.fixture(scope="module")
def spooled(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    made = scratch_database(SpoolBase.metadata, PRIVILEGES)
    add_audit_tables(made)
    return made


@pytest.fixture
def db(spooled: TestDatabase) -> Database:
    return spooled.db


@pytest.fixture
def relay(spooled: TestDatabase) -> Iterator[Database]:
    found = Database(spooled.relay_url, pooled=False)
    yield found
    found.dispose()


@pytest.fixture
def broken_log(spooled: TestDatabase) -> Iterator[Callable[[], None]]:
    """Takes the application's right to write the log away; call it to give it back."""
    engine = owner_engine(spooled, isolation_level="AUTOCOMMIT")

    def execute(sql: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(sql)

    def mend() -> None:
        execute('grant insert on audit_events to "concord_scratch_app"')

    execute('revoke insert on audit_events from "concord_scratch_app"')
    yield mend
    mend()
    engine.dispose()


def actions(db: Database, context: Context) -> list[str]:
    with db.transaction(context) as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def waiting(db: Database, context: Context) -> int:
    with db.transaction(context) as session:
        return len(session.scalars(select(AuditSpool.id)).all())


def move(relay: Database) -> int:
    with relay.transaction(SYSTEM) as session:
        return move_spool(session, AuditEvent.__table__, AuditSpool, [NOTED])  # type: ignore[arg-type]


def test_a_log_that_works_leaves_the_spool_empty(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        assert record(session, AuditEvent, action="thing.made", entity_type="thing").id > 0
    assert (actions(db, context), waiting(db, context)) == (["thing.made"], 0)


def test_what_the_log_refuses_waits_and_is_moved_in_order(
    db: Database, context: Context, relay: Database, broken_log: Callable[[], None]
) -> None:
    with db.transaction(context) as session:
        first = record(
            session, AuditEvent, action="thing.made", entity_type="thing", entity_id=1, changes={"a": [1, 2]}
        )
        session.add(Noted(tenant_id=context.tenant_id, id=1, audit_id=first.id))
    with db.transaction(context) as session:
        entries = [Entry("thing.changed", "thing", n, security_flags=["x"]) for n in range(3)]
        many = record_many(session, AuditEvent, entries)
    assert first.id < 0
    assert [key.id for key in many] == [first.id - 1, first.id - 2, first.id - 3]
    assert (actions(db, context), waiting(db, context)) == ([], 4)
    broken_log()
    assert move(relay) == 4
    assert waiting(db, context) == 0
    with db.transaction(context) as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        noted = session.scalars(select(Noted.audit_id)).one()
    assert [row.action for row in rows] == ["thing.made", *["thing.changed"] * 3]
    assert [row.entity_id for row in rows] == ["1", "0", "1", "2"]
    made = rows[0]
    assert (made.changes, made.metadata_, made.actor, made.correlation_id) == (
        {"a": [1, 2]},
        None,
        "ada",
        context.correlation_id,
    )
    assert (made.created_at, rows[1].security_flags) == (first.created_at, ["x"])
    assert (made.retention_until - made.created_at).days >= 89
    assert noted == made.id


def test_set_based_rows_are_spooled_as_well(
    db: Database, context: Context, relay: Database, broken_log: Callable[[], None]
) -> None:
    with db.transaction(context) as session:
        session.add_all(Noted(tenant_id=context.tenant_id, id=n, audit_id=0) for n in range(5))
        session.flush()
        entry = Entry("thing.archived", "thing")
        written = write_rows(session, AuditEvent, entry, source=NOTED, entity_id=NOTED.c.id)
    assert [key.id < 0 for key in written] == [True] * 5
    broken_log()
    assert move(relay) == 5
    assert actions(db, context) == ["thing.archived"] * 5
    with db.transaction(context) as session:
        assert len(write_rows(session, AuditEvent, entry, source=NOTED, entity_id=NOTED.c.id)) == 5


def test_a_business_write_that_fails_takes_its_row_with_it(
    db: Database, context: Context, broken_log: Callable[[], None]
) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction(context) as session:
        record(session, AuditEvent, action="thing.made", entity_type="thing")
        raise ZeroDivisionError
    assert waiting(db, context) == 0


def test_only_if_the_spool_fails_too_nothing_is_written(
    db: Database, context: Context, spooled: TestDatabase, broken_log: Callable[[], None]
) -> None:
    engine = owner_engine(spooled, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql('revoke insert on audit_spool from "concord_scratch_app"')
    try:
        with pytest.raises(AuditUnavailable) as refusal, db.transaction(context) as session:
            record(session, AuditEvent, action="thing.made", entity_type="thing")
        assert (refusal.value.status, refusal.value.code) == (503, "audit_unavailable")
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql('grant insert on audit_spool to "concord_scratch_app"')
        engine.dispose()


def test_a_lock_that_was_waited_for_too_long_is_not_the_logs_fault(
    db: Database, context: Context, spooled: TestDatabase
) -> None:
    engine = owner_engine(spooled)
    with engine.connect() as connection:
        connection.exec_driver_sql("lock table audit_events in access exclusive mode")
        with pytest.raises(DBAPIError), db.transaction(context) as session:
            session.execute(text("set local lock_timeout = '50ms'"))
            record(session, AuditEvent, action="thing.made", entity_type="thing")
    engine.dispose()
    assert waiting(db, context) == 0


def test_the_duty_empties_the_spool_and_moved_rows_are_sealed(
    db: Database, context: Context, relay: Database, broken_log: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "AT_ONCE", 2)
    with db.transaction(context) as session:
        record_many(session, AuditEvent, [Entry("thing.made", "thing", n) for n in range(3)])
    with relay.transaction(SYSTEM) as session:
        (gauge,) = spool_figures("sample", AuditSpool)(session)
    assert gauge.samples[0].value >= 3
    broken_log()
    todo = {duty.name: duty for duty in audit_duties("sample", AuditEvent, AuditSeal, records=[NOTED])}
    answers: list[object] = []
    while not answers or answers[-1] is Pass.AGAIN:
        with relay.transaction(SYSTEM) as session:
            answers.append(todo["spool"].function(session))
    assert len(answers) >= 2
    assert actions(db, context) == ["thing.made"] * 3
    with relay.transaction(SYSTEM) as session:
        todo["seal"].function(session)
        found = verify(session, AuditEvent, AuditSeal, tenant_id=context.tenant_id or uuid.uuid4())
    assert found.intact


def test_a_log_that_is_still_broken_keeps_the_spool(
    db: Database, context: Context, relay: Database, spooled: TestDatabase, broken_log: Callable[[], None]
) -> None:
    with db.transaction(context) as session:
        record(session, AuditEvent, action="thing.made", entity_type="thing")
    engine = owner_engine(spooled, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql('revoke insert on audit_events from "concord_scratch_relay"')
        with pytest.raises(DBAPIError):
            move(relay)
        connection.exec_driver_sql('grant insert on audit_events to "concord_scratch_relay"')
    engine.dispose()
    assert waiting(db, context) == 1
    assert move(relay) == 1


def test_a_service_without_a_spool_has_no_such_duty() -> None:
    class Plain(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPES

    class PlainEvent(AuditEventMixin, Plain):
        __tablename__ = "audit_events"

    assert "spool" not in {duty.name for duty in audit_duties("sample", PlainEvent, AuditSeal)}
