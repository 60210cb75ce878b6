"""Optimistic locking: of several writers who read the same version one wins, and the others learn what is there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, Database, new_metadata
from shared.errors import DomainError
from shared.tenancy import Context, TenantOwned, tenant_of
from shared.versioning import (
    PreconditionFailed,
    PreconditionRequired,
    VersionConflict,
    Versioned,
    check,
    etag,
    is_not_modified,
    save,
    view_of,
)
from tests.fixtures.databases import TestDatabase


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Sheet(TenantOwned, Versioned, Base):
    __tablename__ = "sheets"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Ticket(TenantOwned, Versioned, Base, first_version=0):
    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@pytest.fixture(scope="module")
def db(scratch_database: Callable[..., TestDatabase]) -> Database:
    return scratch_database(Base.metadata).db


def tag(sheet: Sheet) -> str:
    return etag(sheet.version)


def create(db: Database, context: Context, model: type[Sheet] | type[Ticket] = Sheet) -> int:
    with db.transaction(context) as session:
        row = model(id=1, text="first")
        session.add(row)
        session.flush()
        return row.version


def change(db: Database, context: Context, text: str, *, if_match: str | None, wait: Callable[[], object]) -> str:
    with db.transaction(context) as session:
        sheet = session.get_one(Sheet, (tenant_of(session), 1))
        check(tag(sheet), sheet.version, if_match=if_match)
        wait()
        sheet.text = text
        return save(session, sheet, tag=tag)


def test_first_version_and_growth(db: Database, context: Context) -> None:
    assert create(db, context) == 1
    assert create(db, context, Ticket) == 0
    with db.transaction(context) as session:
        ticket = session.get_one(Ticket, (tenant_of(session), 1))
        assert save(session, ticket, tag=lambda row: etag(row.version)) == etag(0)
        ticket.text = "second"
        assert save(session, ticket, tag=lambda row: etag(row.version)) == etag(1)


def test_ten_writers_with_one_version_and_one_wins(db: Database, context: Context) -> None:
    create(db, context)
    all_have_read = Barrier(10)

    def write(number: int) -> str | DomainError:
        try:
            return change(db, context, f"by {number}", if_match=etag(1), wait=lambda: all_have_read.wait(20))
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(write, range(10)))

    winners = [number for number, answer in enumerate(answers) if isinstance(answer, str)]
    assert len(winners) == 1
    assert answers[winners[0]] == etag(2)
    for answer in answers[: winners[0]] + answers[winners[0] + 1 :]:
        assert isinstance(answer, VersionConflict)
        assert (answer.status, answer.code) == (409, "version_conflict")
        assert answer.members == {"expected_version": 1, "actual_version": 2, "current_etag": etag(2)}
    with db.transaction(context) as session:
        assert session.get_one(Sheet, (tenant_of(session), 1)).text == f"by {winners[0]}"


def test_a_row_deleted_meanwhile_is_a_conflict_too(db: Database, context: Context) -> None:
    create(db, context)

    def delete() -> None:
        with db.transaction(context) as session:
            session.delete(session.get_one(Sheet, (tenant_of(session), 1)))

    with pytest.raises(VersionConflict) as conflict:
        change(db, context, "too late", if_match=None, wait=delete)
    assert conflict.value.members == {"expected_version": 1, "actual_version": None, "current_etag": None}


def test_a_stale_tag_is_412_with_both_versions(db: Database, context: Context) -> None:
    create(db, context)
    change(db, context, "second", if_match=etag(1), wait=lambda: None)
    with pytest.raises(PreconditionFailed) as refusal:
        change(db, context, "third", if_match=etag(1), wait=lambda: None)
    assert (refusal.value.status, refusal.value.code) == (412, "version_conflict")
    assert refusal.value.members == {"expected_version": 1, "actual_version": 2, "current_etag": etag(2)}
    assert refusal.value.headers == {"ETag": etag(2)}


CURRENT = etag(7, view="x")


@pytest.mark.parametrize("header", [CURRENT, "*", f'"other", {CURRENT}', f'W/"other",{CURRENT}'])
def test_if_match_that_matches(header: str) -> None:
    check(CURRENT, 7, if_match=header, if_match_required=True, body_version=7)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (etag(6, view="x"), 6),
        (etag(7), 7),
        (f"W/{CURRENT}", 7),
        ('"other"', None),
        (f'{etag(5)}, "other"', None),
        ("", None),
        ("7", 7),
        ('"99999999999999999999-1"', None),
    ],
)
def test_if_match_that_does_not(header: str, expected: int | None) -> None:
    with pytest.raises(PreconditionFailed) as refusal:
        check(CURRENT, 7, if_match=header)
    assert refusal.value.members["expected_version"] == expected
    assert refusal.value.members["current_etag"] == CURRENT


def test_version_in_the_body() -> None:
    check(CURRENT, 7, if_match=None, body_version=7)
    with pytest.raises(VersionConflict) as conflict:
        check(CURRENT, 7, if_match=CURRENT, body_version=6)
    assert conflict.value.status == 409
    assert conflict.value.members == {"expected_version": 6, "actual_version": 7, "current_etag": CURRENT}


def test_both_wrong_is_412_and_none_is_428_where_demanded() -> None:
    with pytest.raises(PreconditionFailed):
        check(CURRENT, 7, if_match=etag(6), body_version=6, if_match_required=True)
    with pytest.raises(PreconditionRequired) as refusal:
        check(CURRENT, 7, if_match=None, body_version=7, if_match_required=True)
    assert refusal.value.status == 428
    check(CURRENT, 7, if_match=None)


def test_a_tag_depends_on_each_part_and_on_the_view() -> None:
    operator = Context(tenant_id=None, roles=frozenset({"operator"}), permissions=frozenset({"b", "a"}))
    same = Context(tenant_id=None, roles=frozenset({"operator"}), permissions=frozenset({"a", "b"}))
    viewer = Context(tenant_id=None, roles=frozenset({"viewer"}))
    tags = {
        etag(3),
        etag(4),
        etag(3, parts=[1, 2]),
        etag(3, parts=[12]),
        etag(3, parts=[2, 1]),
        etag(3, view=view_of(operator)),
        etag(3, view=view_of(viewer)),
        etag(3, view=view_of(viewer, "fields=id")),
    }
    assert len(tags) == 8
    assert view_of(operator) == view_of(same)
    assert all(made.startswith('"') and made.endswith('"') for made in tags)


@pytest.mark.parametrize(
    ("header", "answer"),
    [(CURRENT, True), (f"W/{CURRENT}", True), ("*", True), (f'"a", {CURRENT}', True), ('"a"', False), (None, False)],
)
def test_not_modified(header: str | None, answer: bool) -> None:
    assert is_not_modified(header, CURRENT) is answer
