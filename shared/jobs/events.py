"""Job events: a ring of rows with numbers from PostgreSQL, and Server-Sent Events made from it.

Events are written in the last moment before the commit and under a lock of the tenant, so that their numbers come in
the order in which readers can see them: whoever has seen number n has missed nothing below it.
"""

import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Select, Table, delete, func, insert, select, text
from sqlalchemy.orm import Session

from shared.alike import alike
from shared.db import Database, gathered
from shared.jobs.models import ENDED, JobEventMixin, JobMixin
from shared.tenancy import Context, context_of, tenant_of

RING_SECONDS = 3600
PAGE = 200
Jobs = type[JobMixin]
Also = Callable[[Session], ColumnElement[bool]] | None


def record_event(
    session: Session,
    model: type[JobEventMixin],
    *,
    tenant_id: uuid.UUID,
    job_id: uuid.UUID,
    requested_by: str | None,
    type: str,
    data: Mapping[str, Any],
    numbers: Mapping[str, Sequence[int | None]] | None = None,
) -> None:
    """Remembers an event that is written when this unit of work commits, all of them with one statement; with `numbers`
    one for each of their places, alike but for these members of the data (None: not there)."""
    waiting: list[dict[str, Any]] = gathered(session, "job_events", list, _write_events)
    row = {"tenant_id": tenant_id, "job_id": job_id, "requested_by": requested_by, "type": type, "data": dict(data)}
    waiting.append({"model": model, "row": row, "numbers": numbers})


def _write_events(session: Session, told: list[dict[str, Any]]) -> None:
    # Only the relay writes for several tenants at once, and sorted keys keep two relays from blocking each other.
    locks = "select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(cast(:keys as text[])) as key"
    session.execute(text(locks), {"keys": sorted({f"job_events:{one['row']['tenant_id']}" for one in told})})
    table: Table = told[0]["model"].__table__
    rows, numbers = [one["row"] for one in told], [one["numbers"] or {"": [None]} for one in told]
    which = [place for place, each in enumerate(numbers) for _ in next(iter(each.values()))]
    own: dict[str, Any] = {
        name: (BigInteger(), [n for each in numbers for n in each.get(name) or [None] * len(next(iter(each.values())))])
        for name in sorted({name for each in numbers for name in each} - {""})
    }
    types = {name: table.c[name].type for name in rows[0]}
    source, columns = alike(rows, types, which, own)
    pairs = [part for name in own for part in (text(f"'{name}'"), columns[name])]
    columns["data"] = columns["data"].concat(func.jsonb_strip_nulls(func.jsonb_build_object(*pairs)))
    found = select(*(columns[name] for name in types)).select_from(source).order_by(columns["n"])
    session.execute(insert(table).from_select(list(types), found, include_defaults=False))


def trim_events(session: Session, model: type[JobEventMixin], *, keep_seconds: int = RING_SECONDS) -> None:
    """Forgets events older than a client could reasonably resume from."""
    limit = func.clock_timestamp() - text("make_interval(secs => :keep)").bindparams(keep=keep_seconds)
    session.execute(delete(model).where(model.created_at < limit))


def format_event(type: str, data: Mapping[str, Any], *, id: int | None = None) -> bytes:
    """One message of the event stream format; JSON has no line breaks, so one data line is enough."""
    number = b"" if id is None else b"id: %d\n" % id
    return b"%sevent: %s\ndata: %s\n\n" % (number, type.encode(), orjson.dumps(data, default=str))


def last_event_id(header: str | None) -> int | None:
    """The number in `Last-Event-ID`; anything but a number counts as none."""
    return int(header) if header is not None and header.isascii() and header.isdigit() and len(header) < 19 else None


def stream(
    db: Database,
    context: Context,
    model: Jobs,
    *,
    job_id: uuid.UUID | None = None,
    after: int | None = None,
    hidden: Collection[str] = (),
    also: Also = None,
    seconds: float = 60,
    poll_seconds: float = 1.0,
    heartbeat_seconds: float = 15.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[bytes]:
    """Events of one job, or without `job_id` of all jobs that the caller asked for, except those that tell of a
    `hidden` state, and those that `also` is true of.

    Begins with the present state, or after the event number `after`; ends with the end state of the job or after
    `seconds`, upon which the client comes back with Last-Event-ID. No connection is held between two looks.
    """
    yield b"retry: 1000\n\n"
    deadline = time.monotonic() + seconds
    spoke = time.monotonic()
    last = after
    while True:
        with db.transaction(context) as session:
            messages, last, ended = _look(session, model, job_id, last, hidden, also)
        yield from messages
        if ended or time.monotonic() >= deadline:
            return
        if messages:
            spoke = time.monotonic()
        elif time.monotonic() - spoke >= heartbeat_seconds:
            spoke = time.monotonic()
            yield b": still here\n\n"
        sleep(min(poll_seconds, max(0.0, deadline - time.monotonic())))


def _look(
    session: Session, model: Jobs, job_id: uuid.UUID | None, last: int | None, hidden: Collection[str], also: Also
) -> tuple[list[bytes], int, bool]:
    """New messages, the last number seen, and whether the job has ended (or is gone)."""
    if job_id is None:
        return _look_at_own(session, model, last, hidden, also)
    # First the job, then its events: if it had ended by then, its last event is among those read now.
    job = session.execute(_job_state(model, tenant_of(session), job_id)).one_or_none()
    if job is None:
        return [], last or 0, True
    ended = job.status in ENDED
    if last is None:
        return [format_event("state", state_of(job), id=job.newest)], job.newest, ended
    messages, last = _page(session, model, model.event_model.job_id == job_id, last)
    ended = ended and len(messages) < PAGE
    if ended and not messages:
        messages = [format_event("state", state_of(job))]
    return messages, last, ended


def _look_at_own(
    session: Session, model: Jobs, last: int | None, hidden: Collection[str], also: Also
) -> tuple[list[bytes], int, bool]:
    events = model.event_model
    if last is None:
        newest = session.scalars(
            select(func.coalesce(func.max(events.id), 0)).where(events.tenant_id == tenant_of(session))
        ).one()
        # A number without data: the client remembers where to resume although nothing has happened yet.
        return [b"id: %d\n\n" % newest], newest, False
    whose = events.requested_by == context_of(session).actor
    if hidden:
        whose &= events.data["state"].astext.not_in(hidden)
    whose = whose | also(session) if also else whose
    messages, last = _page(session, model, whose, last)
    return messages, last, False


def _page(session: Session, model: Jobs, whose: ColumnElement[bool], last: int) -> tuple[list[bytes], int]:
    events = model.event_model
    found = session.execute(
        select(events.id, events.type, events.data)
        .where(events.tenant_id == tenant_of(session), whose, events.id > last)
        .order_by(events.id)
        .limit(PAGE)
    ).all()
    messages = [format_event(row.type, row.data, id=row.id) for row in found]
    return messages, found[-1].id if found else last


def _job_state(model: Jobs, tenant_id: uuid.UUID, job_id: uuid.UUID) -> Select[Any]:
    """One statement, so that the state and the newest number belong together."""
    events = model.event_model
    newest = (
        select(func.coalesce(func.max(events.id), 0))
        .where(events.tenant_id == model.tenant_id, events.job_id == model.id)
        .scalar_subquery()
    )
    columns = (model.status, model.total, model.processed, model.failed, model.skipped, model.started_at)
    return select(model.id, *columns, newest.label("newest")).where(model.tenant_id == tenant_id, model.id == job_id)


def state_of(job: Any) -> dict[str, Any]:
    """What a state or progress event tells about a job; takes a job or a row with the columns named here."""
    done = job.processed + job.failed
    ended = job.status in ENDED
    percentage = round(done * 100 / job.total, 1) if job.total else (100.0 if ended else 0.0)
    remaining = None
    if not ended and done and job.started_at is not None:
        elapsed = (datetime.now(UTC) - job.started_at).total_seconds()
        remaining = round(max(0.0, elapsed * (job.total - done) / done), 1)
    return {
        "job_id": str(job.id),
        "state": job.status,
        "total": job.total,
        "processed": job.processed,
        "failed": job.failed,
        "skipped": job.skipped,
        "percentage": percentage,
        "estimated_remaining_seconds": remaining,
    }
