"""A database with audit tables made the way a migration makes them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, NullPool, create_engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.auditing import PERSONAL, PUBLIC, AuditEventMixin, AuditSealMixin
from shared.auditing.schema import create_audit_tables
from shared.db import TYPES, Database, new_metadata
from shared.migrations import Roles
from shared.tenancy import TenantOwned
from tests.fixtures.databases import TestDatabase


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class AuditEvent(AuditEventMixin, Base):
    __tablename__ = "audit_events"


class AuditSeal(AuditSealMixin, Base):
    __tablename__ = "audit_seals"


class ThingBase(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Thing(TenantOwned, ThingBase):
    """What is changed and audited in these tests."""

    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str | None] = mapped_column(info=PUBLIC)
    phone: Mapped[str | None] = mapped_column(info=PERSONAL)


@pytest.fixture(scope="module")
def audited(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return make_audited(scratch_database)


def make_audited(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    made = scratch_database(ThingBase.metadata)
    add_audit_tables(made)
    return made


def add_audit_tables(database: TestDatabase) -> None:
    engine = owner_engine(database)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        create_audit_tables(Roles.of("scratch"))
    engine.dispose()


def owner_engine(database: TestDatabase, **options: Any) -> Engine:
    """The owner's own connection: what a tamperer with the schema's password has."""
    url = make_url(database.owner_url).set(drivername="postgresql+psycopg")
    return create_engine(url, poolclass=NullPool, **options)


@pytest.fixture(scope="module")
def db(audited: TestDatabase) -> Database:
    return audited.db


@pytest.fixture(scope="module")
def relay(audited: TestDatabase) -> Iterator[Database]:
    found = Database(audited.relay_url, pool_size=10)
    yield found
    found.dispose()


def all_metadata() -> list[MetaData]:
    return [Base.metadata, ThingBase.metadata]
