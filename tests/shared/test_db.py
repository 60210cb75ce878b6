"""The unit of work: one commit, two extra doors, and nothing seen across tenants."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, Database, after_commit, keep_on_rollback, new_metadata
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Note(TenantOwned, Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@pytest.fixture(scope="module")
def db(scratch_database: Callable[..., TestDatabase]) -> Database:
    return scratch_database(Base.metadata).db


def texts(db: Database, context: Context) -> list[str]:
    with db.transaction(context) as session:
        return list(session.scalars(select(Note.text).order_by(Note.id)))


def test_commits_when_the_block_ends(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        session.add(Note(id=1, text="kept"))
    assert texts(db, context) == ["kept"]


def test_rolls_back_and_keeps_only_what_asked_for_it(db: Database, context: Context) -> None:
    rung: list[str] = []
    with pytest.raises(RuntimeError), db.transaction(context) as session:
        session.add(Note(id=1, text="lost"))
        keep_on_rollback(session, lambda s: s.add(Note(id=2, text="denial")))
        after_commit(session, lambda: rung.append("doorbell"))
        session.flush()
        raise RuntimeError
    assert texts(db, context) == ["denial"]
    assert rung == []


def test_rings_after_the_commit_only(db: Database, context: Context) -> None:
    seen: list[list[str]] = []
    with db.transaction(context) as session:
        session.add(Note(id=1, text="first"))
        after_commit(session, lambda: seen.append(texts(db, context)))
        assert seen == []
    assert seen == [["first"]]


def test_a_tenant_sees_its_rows_only(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        session.add(Note(id=1, text="mine"))
    assert texts(db, Context(tenant_id=uuid.uuid4())) == []
    assert texts(db, Context(tenant_id=None)) == []


def test_a_foreign_row_cannot_be_stored(db: Database, context: Context) -> None:
    with pytest.raises(Exception, match="row-level security"), db.transaction(context) as session:
        session.execute(text("insert into notes (tenant_id, id, text) values (:t, 1, 'theirs')"), {"t": uuid.uuid4()})
