"""An unexpected database error while a wave is written must not take the rest along: who is to blame is found in
halves, each written in a savepoint and taken back; then the wave is planned again without the culprits and what is
below them."""

from collections.abc import Collection, Sequence

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.plan import Change
from services.propagation.operations.runs import applying
from services.propagation.operations.runs.applying import Record
from services.propagation.operations.runs.walking import Planned

# Whole parts are blamed after so many tries, so that a table that takes nothing does not cost a statement per string.
MOST_TRIES = 500
_EXPECTED = ("08", "40", "53", "55", "57", "58")  # lost, raced, out of room, locked, shut down, broken


class StringsRefused(Exception):
    """The database does not take these strings as planned."""

    def __init__(self, ids: Collection[int]) -> None:
        super().__init__(f"{len(ids)} strings")
        self.ids = frozenset(ids)


def refusals(ids: Collection[int]) -> dict[int, Failure]:
    message = "The database did not take what was planned for this string."
    return {string_id: Failure(ErrorType.DATABASE, "database_error", message) for string_id in ids}


def is_unexpected(failure: BaseException) -> bool:
    """Whether it is about what was written: not a race, a lock, a lost connection."""
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is not None and state[:2] not in _EXPECTED and state != psycopg.errors.UniqueViolation.sqlstate


def apply(session: Session, planned: Planned, record: Record) -> None:
    """Stores a wave. Raises PlanOutdated, and StringsRefused if the record says that care is needed."""
    if not record.is_careful:
        applying.apply(session, planned, record)
        return
    try:
        with session.begin_nested():
            applying.apply(session, planned, record)
    except (DBAPIError, psycopg.Error) as failure:
        culprits = _culprits(session, planned.plan.changes, record) if is_unexpected(failure) else ()
        if not culprits:
            raise
        raise StringsRefused(culprits) from failure


def _culprits(session: Session, changes: Sequence[Change], record: Record) -> list[int]:
    found: list[int] = []
    parts, tries = [changes], 0
    while parts:
        part, tries = parts.pop(), tries + 1
        if not part or _is_taken(session, part, record):
            continue
        if len(part) == 1 or tries > MOST_TRIES:
            found += [change.string_id for change in part]
        else:
            half = len(part) // 2
            parts += [part[half:], part[:half]]
    return found


def _is_taken(session: Session, part: Sequence[Change], record: Record) -> bool:
    savepoint = session.begin_nested()
    try:
        applying.write_changes(session, list(part), record)
    except (DBAPIError, psycopg.Error) as failure:
        if not is_unexpected(failure):
            raise
        return False
    finally:
        savepoint.rollback()
    return True
