"""Row locks in one order and named locks with a limit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Event

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import TYPES, Database, new_metadata
from shared.errors import Busy
from shared.locking import (
    advisory_key,
    busy_when_locked,
    gave_way,
    lock_by_id,
    lock_rows,
    named_lock,
    retrying,
    try_named_lock,
)
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Account(TenantOwned, Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


@pytest.fixture(scope="module")
def database(scratch_database: Callable[..., TestDatabase]) -> TestDatabase:
    return scratch_database(Base.metadata)


@pytest.fixture
def db(database: TestDatabase, context: Context) -> Database:
    with database.db.transaction(context) as session:
        session.execute(insert(Account), [{"id": number, "balance": 100} for number in range(1, 6)])
    return database.db


def test_rows_are_locked_in_id_order_and_read_again(db: Database, context: Context) -> None:
    with db.transaction(context) as session:
        before = session.scalars(select(Account).where(Account.id == 3)).one()
        with db.transaction(context) as other:
            lock_by_id(other, Account, [3])[0].balance = 7
        locked = lock_by_id(session, Account, [5, 3, 1, 3, 99])
        assert [account.id for account in locked] == [1, 3, 5]
        assert before.balance == 7


def test_opposite_orders_do_not_deadlock(db: Database, context: Context) -> None:
    start = Barrier(2)

    def transfer(ids: list[int]) -> None:
        start.wait(10)
        for _ in range(20):
            with db.transaction(context) as session:
                giver, taker = sorted(lock_by_id(session, Account, ids), key=lambda account: ids.index(account.id))
                giver.balance -= 1
                taker.balance += 1

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(transfer, ([1, 2], [2, 1])))
    with db.transaction(context) as session:
        assert [account.balance for account in lock_by_id(session, Account, [1, 2])] == [100, 100]


def test_a_held_row_is_busy_and_can_be_skipped(database: TestDatabase, db: Database, context: Context) -> None:
    impatient = Database(database.app_url, pooled=False, lock_wait_seconds=0.1)
    with db.transaction(context) as holder:
        lock_by_id(holder, Account, [2])
        with pytest.raises(Busy) as refusal, impatient.transaction(context) as session:
            lock_by_id(session, Account, [1, 2])
        assert (refusal.value.status, refusal.value.code) == (409, "locked")
        assert refusal.value.headers == {"Retry-After": "1"}
        with db.transaction(context) as session:
            free = lock_rows(session, select(Account), skip_locked=True)
            assert [account.id for account in free] == [1, 3, 4, 5]


def test_a_named_lock_has_one_holder(db: Database, context: Context) -> None:
    with db.transaction(context) as holder:
        named_lock(holder, context.tenant_id, "import")
        with db.transaction(context) as second:
            with pytest.raises(Busy):
                named_lock(second, context.tenant_id, "import", wait_seconds=0.05)
            # Its transaction goes on, with the lock wait that it had.
            assert second.scalar(text("select current_setting('lock_timeout')")) == "10s"
            assert not try_named_lock(second, context.tenant_id, "import")
            assert try_named_lock(second, context.tenant_id, "export")
            named_lock(second, context.tenant_id, "other", wait_seconds=0.05)
            assert second.scalar(text("select current_setting('lock_timeout')")) == "10s"
    with db.transaction(context) as session:
        named_lock(session, context.tenant_id, "import", wait_seconds=0.05)


def test_a_waiter_gets_the_lock_when_it_is_free(db: Database, context: Context) -> None:
    waiting = Event()

    def wait_for_it() -> str:
        with db.transaction(context) as session:
            waiting.set()
            named_lock(session, context.tenant_id, "turn", wait_seconds=10)
            return "mine"

    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        holder = stack.enter_context(db.transaction(context))
        named_lock(holder, context.tenant_id, "turn")
        waiter = pool.submit(wait_for_it)
        waiting.wait(10)
        assert not waiter.done()
        stack.close()
        assert waiter.result(10) == "mine"


def test_names_do_not_run_together() -> None:
    assert advisory_key("a", "bc") != advisory_key("ab", "c")
    assert advisory_key("a") == advisory_key("a")
    assert all(-(2**63) <= advisory_key(number) < 2**63 for number in range(50))


def test_other_errors_stay_what_they_are(db: Database, context: Context) -> None:
    with pytest.raises(IntegrityError), db.transaction(context) as session, busy_when_locked():
        session.execute(insert(Account), [{"id": 1, "balance": 0}])


def test_of_two_that_wait_for_each_other_one_is_told(db: Database, context: Context) -> None:
    both_hold_one = Barrier(2, timeout=10)

    def add(first: int, second: int) -> bool:
        with db.transaction(context) as session:
            lock_by_id(session, Account, [first])[0].balance += 1
            both_hold_one.wait()
            lock_by_id(session, Account, [second])[0].balance += 1
        return True

    def try_to_add(first: int, second: int) -> bool:
        try:
            return add(first, second)
        except Busy:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to_add, (1, 2), (2, 1))) == [False, True]
    with db.transaction(context) as session:
        assert [account.balance for account in lock_by_id(session, Account, [1, 2])] == [101, 101]


class _Passing(Exception):
    pass


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr("shared.locking.time.sleep", found.append)
    return found


@pytest.mark.parametrize("failures", [0, 1, 2, 3])
def test_three_attempts_with_growing_pauses(pauses: list[float], failures: int) -> None:
    left = [_Passing(str(number)) for number in range(failures)]

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    def is_passing(failure: BaseException) -> bool:
        return isinstance(failure, _Passing)

    if failures < 3:
        assert retrying(work, when=is_passing) == "done"
    else:
        with pytest.raises(_Passing, match="2"):
            retrying(work, when=is_passing)
    assert len(pauses) == min(failures, 2)
    assert all(0.05 * 2**number <= pause <= 0.15 * 2**number for number, pause in enumerate(pauses))


def test_what_does_not_pass_is_not_tried_again(pauses: list[float]) -> None:
    with pytest.raises(ZeroDivisionError):
        retrying(lambda: 1 / 0)
    assert pauses == []


def test_who_loses_a_deadlock_begins_again(db: Database, context: Context) -> None:
    """Two who lock the same rows in opposite order: the database gives one up, which then succeeds."""
    met = Barrier(2)
    failures: list[Busy] = []

    def move(first: int, second: int) -> None:
        def work() -> None:
            try:
                with db.transaction(context) as session:
                    lock_by_id(session, Account, [first])[0].balance += 1
                    session.flush()
                    if not failures:
                        met.wait(10)
                    lock_by_id(session, Account, [second])[0].balance += 1
            except Busy as failure:
                failures.append(failure)
                raise

        retrying(work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(move, (1, 2), (2, 1)))
    with db.transaction(context) as session:
        balances = session.scalars(select(Account.balance).where(Account.id < 3))
        assert list(balances) == [102, 102]
    assert [gave_way(failure) for failure in failures] == [True]
