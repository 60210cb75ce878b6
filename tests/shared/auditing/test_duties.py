"""Sealing, archiving, purging and verifying as the relay does them."""

import threading
import uuid
from collections.abc import Callable, Iterator

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.auditing import Entry, record_many
from shared.db import Database
from shared.jobs.duties import Duties, Duty, Pass
from shared.sealing import chain, duties
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.auditing.conftest import AuditEvent, AuditSeal, owner_engine

Do = Callable[[str], object]


@pytest.fixture
def service() -> str:
    return f"s{uuid.uuid4().hex}"


@pytest.fixture
def do(relay: Database, service: str) -> Do:
    """One pass of a duty of this name, in a transaction of its own."""
    functions = {duty.name: duty.function for duty in duties.audit_duties(service, AuditEvent, AuditSeal)}

    def run(name: str) -> object:
        with relay.transaction(Context(tenant_id=None)) as session:
            return functions[name](session)

    return run


def write(db: Database, tenant_id: uuid.UUID, count: int = 1) -> None:
    with db.transaction(Context(tenant_id=tenant_id, actor="ada")) as session:
        record_many(session, AuditEvent, [Entry("thing.updated", "thing", n) for n in range(count)])


def sealed_rows(relay: Database, tenant_id: uuid.UUID) -> int:
    with relay.transaction(Context(tenant_id=None)) as session:
        total = select(func.coalesce(func.sum(AuditSeal.row_count), 0)).where(AuditSeal.tenant_id == tenant_id)
        return int(session.scalars(total).one())


@pytest.fixture
def owner(audited: TestDatabase) -> Iterator[Callable[..., None]]:
    """Does what only the owner can, with row security lifted for a moment."""
    engine = owner_engine(audited)

    def run(statement: str, **values: object) -> None:
        with engine.begin() as connection:
            for table in ("audit_events", "audit_seals"):
                connection.execute(text(f"alter table {table} no force row level security"))
            connection.execute(text(statement), values)
            for table in ("audit_events", "audit_seals"):
                connection.execute(text(f"alter table {table} force row level security"))

    yield run
    engine.dispose()


def test_the_mark_is_carried_so_that_new_writers_hold_nothing_up(
    db: Database, relay: Database, tenant_id: uuid.UUID, do: Do
) -> None:
    """There is always somebody writing; each pass must wait only for those who wrote at the first."""
    with db.transaction(Context(tenant_id=tenant_id)) as first:
        record_many(first, AuditEvent, [Entry("thing.updated", "thing", "first")])
        write(db, tenant_id, 2)
        assert do("seal") is None
        assert sealed_rows(relay, tenant_id) == 0
    with db.transaction(Context(tenant_id=tenant_id)) as second:
        record_many(second, AuditEvent, [Entry("thing.updated", "thing", "second")])
        assert do("seal") is None
        assert sealed_rows(relay, tenant_id) == 3
    do("seal")
    assert sealed_rows(relay, tenant_id) == 4


def test_a_large_backlog_is_sealed_at_once_in_several_transactions(
    db: Database, relay: Database, tenant_id: uuid.UUID, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small: dict[str, object] = dict(chain.seal.__kwdefaults__ or {}) | {"pass_ids": 10}
    monkeypatch.setattr(chain.seal, "__kwdefaults__", small)
    write(db, tenant_id, 35)
    transactions: set[int] = set()
    (sealing, *_rest) = duties.audit_duties(service, AuditEvent, AuditSeal)

    def noted(session: Session) -> object:
        transactions.add(session.scalars(text("select pg_current_xact_id()::text::bigint")).one())
        return sealing.function(session)

    Duties(service, relay, [Duty("seal", 60, noted)], threading.Event()).do_due()
    assert sealed_rows(relay, tenant_id) == 35
    assert len(transactions) >= 4


def test_old_segments_are_archived_and_then_purged_piece_by_piece(
    db: Database, relay: Database, tenant_id: uuid.UUID, do: Do, owner: Callable[..., None]
) -> None:
    write(db, tenant_id, 3)
    do("seal")
    do("archive")
    do("purge")
    assert sealed_rows(relay, tenant_id) == 3
    long_ago = "update audit_seals set retention_until = now() - interval '1 day' where tenant_id = :t"
    owner(long_ago, t=tenant_id)
    do("archive")
    owner("update audit_seals set archived_at = archived_at - interval '731 days' where tenant_id = :t", t=tenant_id)
    assert do("purge") is Pass.AGAIN
    assert do("purge") is None
    with relay.transaction(Context(tenant_id=None)) as session:
        rows = select(func.count()).select_from(AuditEvent).where(AuditEvent.tenant_id == tenant_id)
        assert session.scalars(rows).one() == 0
        purged = select(AuditSeal.purged_at).where(AuditSeal.tenant_id == tenant_id)
        assert session.scalars(purged).one() is not None


def test_what_verifying_finds_is_a_figure(
    db: Database, tenant_id: uuid.UUID, do: Do, owner: Callable[..., None], service: str
) -> None:
    def findings() -> float | None:
        return REGISTRY.get_sample_value("concord_audit_findings", {"service": service})

    write(db, tenant_id, 3)
    do("seal")
    do("verify")
    before = findings()
    assert before is not None
    owner("update audit_events set actor = 'eve' where tenant_id = :t", t=tenant_id)
    do("verify")
    assert findings() == before + 3
    owner("update audit_events set actor = 'ada' where tenant_id = :t", t=tenant_id)
    do("verify")
    assert findings() == before


def test_jobs_and_start_are_not_held_up(service: str) -> None:
    by_name = {duty.name: duty for duty in duties.audit_duties(service, AuditEvent, AuditSeal)}
    assert list(by_name) == ["seal", "archive", "purge", "verify"]
    assert by_name["seal"].interval_seconds == 60
    assert {by_name[name].interval_seconds for name in ("archive", "purge", "verify")} == {24 * 3600}
    assert by_name["archive"].first_after_seconds < by_name["purge"].first_after_seconds
    assert by_name["verify"].first_after_seconds > by_name["purge"].first_after_seconds > 0
