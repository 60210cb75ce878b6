"""Sealing and verifying: nothing finished is left out, nothing changed goes unseen."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import ProgrammingError

from shared.auditing import Entry, record_many
from shared.db import Database
from shared.sealing import Anchor, Sealed, Verification, archive, purge, seal, verify
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.shared.auditing.conftest import AuditEvent, AuditSeal, owner_engine

SYSTEM = Context(tenant_id=None)


def write(db: Database, tenant_id: uuid.UUID, count: int = 1, **options: Any) -> None:
    entries = [Entry("thing.updated", "thing", n, **options) for n in range(count)]
    with db.transaction(Context(tenant_id=tenant_id, actor="ada")) as session:
        record_many(session, AuditEvent, entries)


def run(relay: Database, **options: Any) -> Sealed:
    with relay.transaction(SYSTEM) as session:
        return seal(session, AuditEvent, AuditSeal, **options)


def check(relay: Database, tenant_id: uuid.UUID, **options: Any) -> Verification:
    with relay.transaction(SYSTEM) as session:
        return verify(session, AuditEvent, AuditSeal, tenant_id=tenant_id, **options)


def kinds(found: Verification) -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.row_id or finding.number) for finding in found.findings]


def ids(relay: Database, tenant_id: uuid.UUID) -> list[int]:
    with relay.transaction(SYSTEM) as session:
        return list(session.scalars(select(AuditEvent.id).where(AuditEvent.tenant_id == tenant_id).order_by("id")))


def numbers(relay: Database, tenant_id: uuid.UUID) -> list[tuple[str, int, int]]:
    with relay.transaction(SYSTEM) as session:
        columns = AuditSeal.retention_class, AuditSeal.number, AuditSeal.row_count
        rows = session.execute(select(*columns).where(AuditSeal.tenant_id == tenant_id).order_by(*columns))
        return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.fixture(scope="module")
def owner(audited: TestDatabase) -> Iterator[Engine]:
    engine = owner_engine(audited)
    yield engine
    engine.dispose()


@pytest.fixture
def tamper(owner: Engine) -> Callable[..., None]:
    """Does what only the owner can: lifts row security, changes, and puts it back."""

    def run(*statements: str, **values: Any) -> None:
        with owner.begin() as connection:
            for table in ("audit_events", "audit_seals"):
                connection.execute(text(f"alter table {table} no force row level security"))
            for statement in statements:
                connection.execute(text(statement), values)
            for table in ("audit_events", "audit_seals"):
                connection.execute(text(f"alter table {table} force row level security"))

    return run


@pytest.fixture
def sealed(db: Database, relay: Database, tenant_id: uuid.UUID) -> list[int]:
    """Ids of 25 rows in three sealed segments."""
    write(db, tenant_id, 25)
    run(relay, segment_rows=10)
    return ids(relay, tenant_id)


def test_segments_are_bounded_and_chained(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    write(db, tenant_id, 25)
    write(db, tenant_id, 3, retention_class="security")
    run(relay, segment_rows=10)
    write(db, tenant_id, 2)
    run(relay, segment_rows=10)
    assert numbers(relay, tenant_id) == [
        ("security", 1, 3),
        ("standard", 1, 10),
        ("standard", 2, 10),
        ("standard", 3, 5),
        ("standard", 4, 2),
    ]
    found = check(relay, tenant_id)
    assert (found.seals, found.rows, found.unsealed_rows, found.findings) == (5, 30, 0, [])


def test_nothing_to_do_is_nothing_done(relay: Database, sealed: list[int]) -> None:
    assert run(relay).seals == []


def test_a_pass_is_bounded_and_says_that_there_is_more(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    write(db, tenant_id, 25)
    first = run(relay, pass_ids=10)
    assert first.more
    while (done := run(relay, pass_ids=10, mark=first.mark)).more:
        pass
    assert done.mark is None
    assert sum(count for _, _, count in numbers(relay, tenant_id)) == 25
    assert check(relay, tenant_id).intact


def test_a_late_commit_is_waited_for_and_lost_nowhere(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    with db.transaction(Context(tenant_id=tenant_id)) as late:
        record_many(late, AuditEvent, [Entry("thing.updated", "thing", "late")])
        write(db, tenant_id, 2)
        waiting = run(relay, patience_seconds=0)
        assert waiting.seals == []
        assert waiting.mark is not None
        write(db, tenant_id, 1)  # a writer that came later must not be waited for
    with db.transaction(Context(tenant_id=tenant_id)) as later:
        record_many(later, AuditEvent, [Entry("thing.updated", "thing", "later")])
        done = run(relay, patience_seconds=0, mark=waiting.mark)
        assert [new.row_count for new in done.seals if new.tenant_id == tenant_id] == [3]
    run(relay)
    assert [count for _, _, count in numbers(relay, tenant_id)] == [3, 2]
    assert check(relay, tenant_id).intact


def test_a_rolled_back_row_leaves_a_gap_that_is_no_finding(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    write(db, tenant_id, 2)
    with pytest.raises(RuntimeError), db.transaction(Context(tenant_id=tenant_id)) as session:
        record_many(session, AuditEvent, [Entry("thing.updated", "thing")])
        raise RuntimeError
    write(db, tenant_id, 2)
    run(relay)
    assert check(relay, tenant_id).intact
    assert ids(relay, tenant_id)[-1] - ids(relay, tenant_id)[0] == 4


def test_sealing_needs_fresh_snapshots(relay: Database) -> None:
    with pytest.raises(ValueError, match="READ COMMITTED"), relay.transaction(SYSTEM, snapshot=True) as session:
        seal(session, AuditEvent, AuditSeal)


def test_many_writers_and_sealers_at_once(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    stop = threading.Event()

    def seal_until_stopped() -> None:
        mark = None
        while not stop.is_set():
            mark = run(relay, mark=mark, patience_seconds=0, segment_rows=7).mark

    def write_repeatedly() -> None:
        for _ in range(30):
            write(db, tenant_id, 3)

    with ThreadPoolExecutor(6) as pool:
        sealers = [pool.submit(seal_until_stopped) for _ in range(2)]
        writers = [pool.submit(write_repeatedly) for _ in range(4)]
        wait(writers)
        stop.set()
        for work in writers + sealers:
            work.result()
    run(relay)
    found = check(relay, tenant_id)
    assert (found.rows, found.unsealed_rows, found.findings) == (360, 0, [])
    assert found.seals > 1


def test_a_second_sealer_steps_aside(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    write(db, tenant_id, 2)
    with relay.transaction(SYSTEM) as first:
        assert seal(first, AuditEvent, AuditSeal).seals
        assert run(relay).seals == []
    assert check(relay, tenant_id).intact


def test_a_changed_row_is_named(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("update audit_events set actor = 'eve' where id = :id", id=sealed[12])
    assert kinds(check(relay, tenant_id)) == [("row_changed", sealed[12])]


def test_a_removed_row_is_named(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("delete from audit_events where id = :id", id=sealed[0])
    assert kinds(check(relay, tenant_id)) == [("row_missing", sealed[0])]


def test_an_inserted_row_is_named(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper(
        "delete from audit_events where id = :gap",
        "update audit_seals set row_ids = array_remove(row_ids, :gap) where tenant_id = :tenant and number = 1",
        gap=sealed[4],
        tenant=tenant_id,
    )
    tamper(
        "insert into audit_events (tenant_id, created_at, id, event_type, action, entity_type, correlation_id)"
        " overriding system value select tenant_id, created_at, :gap, 'UPDATED', 'a.b', 'x', gen_random_uuid()"
        " from audit_events where id = :other",
        gap=sealed[4],
        other=sealed[3],
    )
    found = kinds(check(relay, tenant_id))
    assert ("row_added", sealed[4]) in found


def test_a_row_slipped_in_beside_the_sealed_time_is_named(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper(
        "insert into audit_events (tenant_id, created_at, id, event_type, action, entity_type, correlation_id)"
        " overriding system value select tenant_id, created_at - interval '3 days', :id, 'UPDATED', 'a.b', 'x',"
        " gen_random_uuid() from audit_events where id = :id",
        id=sealed[3],
    )
    assert kinds(check(relay, tenant_id)) == [("row_outside", sealed[3])]


def test_exchanged_rows_are_named(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper(
        "update audit_events e set entity_id = o.entity_id from audit_events o"
        " where (e.id, o.id) in ((:a, :b), (:b, :a))",
        a=sealed[5],
        b=sealed[21],
    )
    assert kinds(check(relay, tenant_id)) == [("row_changed", sealed[5]), ("row_changed", sealed[21])]


def test_a_row_given_to_another_tenant_is_found_on_both_sides(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    other = uuid.uuid4()
    tamper("update audit_events set tenant_id = :t where id = :id", t=other, id=sealed[7])
    assert kinds(check(relay, tenant_id)) == [("row_missing", sealed[7])]
    assert kinds(check(relay, other)) == [("row_outside", sealed[7])]


def test_hints_that_were_changed_too_do_not_help(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper(
        "update audit_events set actor = 'eve' where id = :id",
        "update audit_seals set row_ids = null, row_digests = null where tenant_id = :t",
        id=sealed[12],
        t=tenant_id,
    )
    assert kinds(check(relay, tenant_id)) == [("rows_changed", 2)]


def test_a_changed_seal_is_found(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("update audit_seals set retention_until = now() where tenant_id = :t and number = 2", t=tenant_id)
    assert kinds(check(relay, tenant_id)) == [("seal_changed", 2)]


def test_a_seal_made_to_fit_breaks_the_chain(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper("update audit_seals set seal_hash = sha256('x') where tenant_id = :t and number = 2", t=tenant_id)
    assert kinds(check(relay, tenant_id)) == [("seal_changed", 2), ("chain_broken", 3)]


def test_a_removed_segment_is_found(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper(
        "delete from audit_seals where tenant_id = :t and number = 2",
        "delete from audit_events where id between :a and :b",
        t=tenant_id,
        a=sealed[10],
        b=sealed[19],
    )
    assert kinds(check(relay, tenant_id)) == [("seal_missing", 2)]


def test_a_cut_off_end_is_found_with_an_anchor(
    db: Database, relay: Database, tenant_id: uuid.UUID, tamper: Callable[..., None]
) -> None:
    write(db, tenant_id, 25)
    last = run(relay, segment_rows=10).seals[-1]
    anchor = Anchor(last.tenant_id, last.retention_class, last.number, last.seal_hash)
    assert check(relay, tenant_id, anchors=[anchor]).intact
    tamper(
        "delete from audit_seals where tenant_id = :t and number = 3",
        "delete from audit_events e where tenant_id = :t"
        " and id > (select max(last_id) from audit_seals where tenant_id = :t)",
        t=tenant_id,
    )
    assert check(relay, tenant_id).intact
    assert kinds(check(relay, tenant_id, anchors=[anchor])) == [("anchor_missing", 3)]


def test_the_application_verifies_its_own_tenant(db: Database, tenant_id: uuid.UUID, sealed: list[int]) -> None:
    with db.transaction(Context(tenant_id=tenant_id)) as session:
        found = verify(session, AuditEvent, AuditSeal)
    assert (found.seals, found.rows, found.findings) == (3, 25, [])


def test_purging_keeps_the_proof(db: Database, relay: Database, tenant_id: uuid.UUID) -> None:
    write(db, tenant_id, 25, retention_until=datetime.now(UTC) - timedelta(days=1))
    write(db, tenant_id, 1)
    run(relay, segment_rows=10)
    made, mine = ids(relay, tenant_id), AuditEvent.tenant_id == tenant_id
    with relay.transaction(SYSTEM) as session:
        archived = archive(session, AuditEvent, AuditSeal, held=mine & (AuditEvent.id == made[0]))
    # The third segment also holds the row whose time has not come.
    assert sorted(s.number for s in archived if s.tenant_id == tenant_id) == [2]
    with relay.transaction(SYSTEM) as session:
        archive(session, AuditEvent, AuditSeal)
    with relay.transaction(SYSTEM) as session:
        assert purge(session, AuditEvent, AuditSeal) == []
        purged = purge(session, AuditEvent, AuditSeal, archived_for=timedelta(0), held=AuditEvent.id == made[0])
        assert [(s.number, s.row_count) for s in purged if s.tenant_id == tenant_id] == [(2, 10)]
    assert ids(relay, tenant_id) == [*made[:10], *made[20:]]
    found = check(relay, tenant_id)
    assert (found.seals, found.rows, found.findings) == (3, 16, [])


def test_the_relay_deletes_nothing_that_is_not_purged(relay: Database, tenant_id: uuid.UUID, sealed: list[int]) -> None:
    with relay.transaction(SYSTEM) as session:
        session.execute(text("delete from audit_events"))
    assert ids(relay, tenant_id) == sealed
    for statement in (
        "update audit_events set actor = 'x'",
        "update audit_seals set row_count = 1",
        "delete from audit_seals",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), relay.transaction(SYSTEM) as session:
            session.execute(text(statement))


def test_a_purge_before_its_time_is_found(
    relay: Database, tenant_id: uuid.UUID, sealed: list[int], tamper: Callable[..., None]
) -> None:
    tamper(
        "delete from audit_events where tenant_id = :t and id between :a and :b",
        "update audit_seals set purged_at = now(), row_ids = null where tenant_id = :t and number = 1",
        t=tenant_id,
        a=sealed[0],
        b=sealed[9],
    )
    assert kinds(check(relay, tenant_id)) == [("purged_early", 1)]


def test_the_time_of_sealing_says_nothing_about_other_tenants(
    db: Database, tenant_id: uuid.UUID, sealed: list[int]
) -> None:
    with db.transaction(Context(tenant_id=uuid.uuid4())) as session:
        assert session.scalar(select(func.count()).select_from(AuditSeal)) == 0
