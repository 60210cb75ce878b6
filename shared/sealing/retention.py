"""Keeping and removing: whole sealed segments only, and their seals stay for good."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, literal, not_, select, text, tuple_, update
from sqlalchemy.orm import Session

from shared.sealing.chain import Events, Seals

ARCHIVED_FOR: Final = timedelta(days=730)
SEGMENTS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Segment:
    tenant_id: UUID
    retention_class: str
    number: int
    row_count: int


def lock_retention(session: Session, seals: Seals, *, shared: bool = False) -> None:
    """Keeps purging and verifying apart, until the transaction ends."""
    mode = "_shared" if shared else ""
    key = {"k": f"retention {seals.__tablename__}"}
    session.execute(text(f"select pg_advisory_xact_lock{mode}(hashtextextended(:k, 0))"), key)


def archive(
    session: Session, events: Events, seals: Seals, *, held: ColumnElement[bool] | None = None
) -> list[Segment]:
    """Marks the segments whose last row's retention has passed; `held` names rows that a legal hold keeps."""
    due = select(*_key(seals)).where(seals.archived_at.is_(None), seals.retention_until <= func.now())
    statement = update(seals).where(tuple_(*_key(seals)).in_(_unheld(due, events, seals, held)))
    return _segments(session, statement.values(archived_at=func.now()), seals)


def purge(
    session: Session,
    events: Events,
    seals: Seals,
    *,
    archived_for: timedelta = ARCHIVED_FOR,
    held: ColumnElement[bool] | None = None,
    limit: int = SEGMENTS_AT_ONCE,
) -> list[Segment]:
    """Removes the rows of at most `limit` segments that were archived long enough; repeat while something comes back.

    Row security lets the relay delete rows of segments that are marked as purged, and no others.
    """
    lock_retention(session, seals)
    due = (
        select(*_key(seals))
        .where(seals.purged_at.is_(None), seals.archived_at <= func.now() - literal(archived_for))
        .order_by(*_key(seals))
        .limit(limit)
    )
    statement = update(seals).where(tuple_(*_key(seals)).in_(_unheld(due, events, seals, held)))
    purged = _segments(session, statement.values(purged_at=func.now(), row_ids=None, row_digests=None), seals)
    # The time of this transaction marks the segments of this call.
    session.execute(
        delete(events).where(covers(seals, events), seals.purged_at == func.now()),
        execution_options={"synchronize_session": False},
    )
    return purged


def _key(seals: Seals) -> list[Any]:
    return [seals.tenant_id, seals.retention_class, seals.number]


def _unheld(due: Any, events: Events, seals: Seals, held: ColumnElement[bool] | None) -> Any:
    return due if held is None else due.where(not_(select(events.id).where(covers(seals, events), held).exists()))


def covers(seals: Seals, events: Events) -> ColumnElement[bool]:
    """Whether a seal stands over a row; the times let PostgreSQL leave out partitions."""
    return and_(
        events.tenant_id == seals.tenant_id,
        events.retention_class == seals.retention_class,
        events.id.between(seals.first_id, seals.last_id),
        events.created_at.between(seals.first_at, seals.last_at),
    )


def _segments(session: Session, statement: Any, seals: Seals) -> list[Segment]:
    returning = statement.returning(*_key(seals), seals.row_count)
    rows = session.execute(returning, execution_options={"synchronize_session": False}).all()
    return [Segment(*row) for row in rows]
