"""The tables as a migration makes them, and the partitions that come with time."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.auditing import (
    AuditEventMixin,
    classes_of,
    classify,
    classify_models,
    record,
    unclassified_columns,
)
from shared.auditing.partitions import ensure_audit_partitions
from shared.auditing.schema import create_audit_tables, drop_audit_tables
from shared.db import TYPES, Database, new_metadata
from shared.migrations import Roles
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase
from tests.shared.auditing.conftest import AuditEvent, Base, ThingBase, make_audited, owner_engine

SYSTEM = Context(tenant_id=None)


def is_declared(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    return not (kind == "table" and reflected and name is not None and ("_p2" in name or name == "things"))


def test_models_and_migration_agree(audited: TestDatabase) -> None:
    with owner_engine(audited).connect() as connection:
        options = {"include_object": is_declared, "compare_server_default": False}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    assert found == []


def test_what_was_created_can_be_dropped(scratch_database: Callable[..., TestDatabase]) -> None:
    database = make_audited(scratch_database)
    with (
        owner_engine(database).begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        drop_audit_tables()
        create_audit_tables(Roles.of("scratch"), months_ahead=0)
        found = connection.scalar(text("select count(*) from pg_inherits where inhparent = 'audit_events'::regclass"))
    assert found == 2  # this month and the default


def test_no_partition_stands_open(audited: TestDatabase) -> None:
    with owner_engine(audited).connect() as connection:
        rows = connection.execute(
            text(
                "select relrowsecurity and relforcerowsecurity, relacl from pg_class"
                " where relname like 'audit_events_p2%' and relkind = 'r'"
            )
        ).all()
    assert len(rows) >= 5
    assert all(forced and grants is None for forced, grants in rows)


def test_the_relay_makes_the_next_months_once(audited: TestDatabase, relay: Database) -> None:
    with relay.transaction(SYSTEM) as session:
        ensure_audit_partitions(session, months_ahead=5)
    with relay.transaction(SYSTEM) as session:
        assert ensure_audit_partitions(session, months_ahead=5) == 0
    with owner_engine(audited).connect() as connection:
        months = connection.scalar(text("select count(*) from pg_inherits where inhparent = 'audit_events'::regclass"))
    assert months >= 7


def test_partitions_do_not_wait_for_writers(audited: TestDatabase, db: Database, relay: Database) -> None:
    with db.transaction(Context(tenant_id=uuid.uuid4())) as writer:
        record(writer, AuditEvent, action="thing.updated", entity_type="thing")
        with relay.transaction(SYSTEM) as session:
            assert ensure_audit_partitions(session, months_ahead=9) >= 1
        record(writer, AuditEvent, action="thing.updated", entity_type="thing")


def test_a_missing_month_refuses_no_row_and_is_repaired(scratch_database: Callable[..., TestDatabase]) -> None:
    database = make_audited(scratch_database)
    context = Context(tenant_id=uuid.uuid4())
    month = datetime.now(UTC).strftime("%Y_%m")
    with owner_engine(database).begin() as connection:
        connection.execute(text(f"drop table audit_events_p{month}"))
    with database.db.transaction(context) as session:
        first = record(session, AuditEvent, action="thing.updated", entity_type="thing")
    relay = Database(database.relay_url, pooled=False)
    with relay.transaction(SYSTEM) as session:
        assert ensure_audit_partitions(session) == 1
        stored = session.scalar(
            text("select tableoid::regclass::text from audit_events where id = :id"), {"id": first.id}
        )
    assert stored == f"audit_events_p{month}"
    with database.db.transaction(context) as session:
        second = record(session, AuditEvent, action="thing.updated", entity_type="thing")
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 2
    assert second.id > first.id


def test_every_column_has_a_class() -> None:
    assert unclassified_columns(Base.metadata) == []
    assert unclassified_columns(ThingBase.metadata) == []


def test_a_column_without_a_class_is_named() -> None:
    class Careless(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPES

    class Person(TenantOwned, Careless):
        __tablename__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        nickname: Mapped[str]
        birthday: Mapped[str] = mapped_column(info={"class": "sensitive"})

    assert unclassified_columns(Careless.metadata) == ["people.nickname", "people.birthday"]
    classify(Careless.metadata.tables["people"], {"nickname": "personal", "birthday": "personal"})
    assert unclassified_columns(Careless.metadata) == []


def test_a_mixin_says_itself_which_of_its_columns_are_personal() -> None:
    class Careful(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPES

    class Named(TenantOwned):
        __personal__: ClassVar = "nickname"
        nickname: Mapped[str]
        shoe_size: Mapped[int]

    class Person(Named, Careful):
        __tablename__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        city: Mapped[str]
        hair: Mapped[str]

    classify_models(Careful, personal={Person: "city"}, internal={})
    assert unclassified_columns(Careful.metadata) == ["people.hair"]
    found = classes_of(Careful.metadata.tables["people"])
    assert (found["nickname"], found["shoe_size"], found["city"]) == ("personal", "internal", "personal")


def test_a_second_audit_table_keeps_its_names_apart() -> None:
    class Other(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = TYPES

    class Log(AuditEventMixin, Other):
        __tablename__ = "logs"

    assert {index.name for index in Log.__table__.indexes} == {  # type: ignore[attr-defined]
        "ix_logs_entity",
        "ix_logs_trace",
        "ix_logs_security",
        "ix_logs_sealing",
    }


def test_a_row_without_tenant_cannot_be_stored(db: Database) -> None:
    with pytest.raises((IntegrityError, ProgrammingError)), db.transaction(SYSTEM) as session:
        record(session, AuditEvent, action="thing.updated", entity_type="thing")
