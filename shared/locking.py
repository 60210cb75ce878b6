"""Who may go first: row locks in one order, and named locks with a limit."""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg.errors
from sqlalchemy import Select, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.errors import Busy

Model = TypeVar("Model")
Result = TypeVar("Result")

_GAVE_WAY = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_HELD_BY_ANOTHER = (psycopg.errors.LockNotAvailable, *_GAVE_WAY)
_ATTEMPTS = 3
_FIRST_PAUSE_SECONDS = 0.1


def lock_rows(
    session: Session, rows: Select[Model], *, skip_locked: bool = False, may_be_referred_to: bool = False
) -> list[Model]:
    """Locks the rows of a select of one model until the transaction ends, in the order of their primary key.

    Everybody locks in that order, so that two overlapping sets wait for each other instead of deadlocking.
    What the session had loaded before is read again: its old values are not what was locked. With
    `may_be_referred_to` others may meanwhile store rows that refer to these.
    Raises Busy when a row is held longer than the lock wait.
    """
    model = rows.column_descriptions[0]["entity"]
    ordered = (
        rows.order_by(None)
        .order_by(*inspect(model).primary_key)
        .with_for_update(of=model, skip_locked=skip_locked, key_share=may_be_referred_to)
        .execution_options(populate_existing=True)
    )
    with busy_when_locked():
        return list(session.scalars(ordered))


def lock_by_id(session: Session, model: type[Model], ids: Iterable[Any]) -> list[Model]:
    """The tenant's rows with these ids, locked in id order; missing ones are left out."""
    key = inspect(model).primary_key[-1]  # the tenant leads every key, row security adds it
    return lock_rows(session, select(model).where(key.in_(set(ids))))


def advisory_key(*parts: object) -> int:
    """Number of a named lock: 64 bits, so that two names practically never share one."""
    digest = hashlib.blake2b("\x1f".join(str(part) for part in parts).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True)


def named_lock(session: Session, *name: object, wait_seconds: float | None = None) -> None:
    """Holds the lock called `name` until the transaction ends; put the tenant into the name.

    Raises Busy after `wait_seconds` (default: the lock wait of the unit of work). The transaction stays usable
    after that, for the caller who has something else to do.
    """
    with busy_when_locked(), session.begin_nested():
        before = session.scalar(text("select current_setting('lock_timeout')"))
        if wait_seconds is not None:
            _set_lock_timeout(session, f"{max(1, int(wait_seconds * 1000))}ms")
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": advisory_key(*name)})
        if wait_seconds is not None:
            _set_lock_timeout(session, str(before))


def try_named_lock(session: Session, *name: object) -> bool:
    """Takes the lock until the transaction ends if nobody has it; never waits."""
    return bool(session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": advisory_key(*name)}))


def _set_lock_timeout(session: Session, value: str) -> None:
    session.execute(text("select set_config('lock_timeout', :value, true)"), {"value": value})


@contextmanager
def busy_when_locked() -> Iterator[None]:
    """Raises Busy (409, `locked`) instead of the database's lock timeout, deadlock or serialization failure."""
    try:
        yield
    except DBAPIError as failure:
        if isinstance(failure.orig, _HELD_BY_ANOTHER):
            raise Busy("Somebody else is working on this; try again.") from failure
        raise


def gave_way(failure: BaseException) -> bool:
    """Whether the database gave a transaction up for another one: the same again may well succeed."""
    known = failure.__cause__ if isinstance(failure, Busy) else failure
    return isinstance(known, DBAPIError) and isinstance(known.orig, _GAVE_WAY)


def retrying(work: Callable[[], Result], *, when: Callable[[BaseException], bool] = gave_way) -> Result:
    """The result of `work`, a whole unit of work, begun again where its failure is one that passes.

    Three attempts, with pauses that double from a tenth of a second and differ, so that two who met do not meet again.
    The last failure is the caller's.
    """
    for attempt in range(_ATTEMPTS - 1):
        try:
            return work()
        except Exception as failure:
            if not when(failure):
                raise
        time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - it keeps no secret
    return work()
