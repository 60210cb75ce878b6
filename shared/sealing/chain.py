"""Seals the finished rows of the audit table in segments, each chained to the one before.

**Which rows are finished.** Rows get their ids before their transaction commits, so that a row may appear later than
rows with higher ids. Ids come from one sequence, and every transaction holds its lock on the audit table before it
draws an id and until it ends. Hence: read the last id given out, then note who holds that lock (`Mark`). Once all of
them have ended, each id up to the noted one is visible or never will be. This is the rule by which PostgreSQL itself
builds an index concurrently. Long transactions only delay sealing; nothing has to be guessed about their length, no
row is missed, and no row has to be updated to say which segment it belongs to: it is the first segment of its tenant
and retention class whose `last_id` is not below its id.

A row that shows up inside of a sealed range all the same was not written by the application; `verify` names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.auditing.models import AuditEventMixin, AuditSealMixin
from shared.sealing.canonical import DIGEST_BYTES, row_digest, seal_hash

SEGMENT_ROWS: Final = 10_000
PASS_IDS: Final = 200_000
_POLL_SECONDS: Final = 0.05

Events = type[AuditEventMixin]
Seals = type[AuditSealMixin]


@dataclass(frozen=True, slots=True)
class Mark:
    """The last id given out at some moment, and the transactions that were writing then."""

    last_id: int
    writers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSeal:
    tenant_id: UUID
    retention_class: str
    number: int
    last_id: int
    row_count: int
    seal_hash: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one pass did. `mark` is set if it is not through: hand it to the next pass. `more`: pass again at once."""

    seals: list[NewSeal] = field(default_factory=list)
    mark: Mark | None = None
    more: bool = False


def seal(
    session: Session,
    events: Events,
    seals: Seals,
    *,
    mark: Mark | None = None,
    patience_seconds: float = 1.0,
    segment_rows: int = SEGMENT_ROWS,
    pass_ids: int = PASS_IDS,
) -> Sealed:
    """Seals what is finished, of all tenants, under the relay role, in one statement.

    Waits at most `patience_seconds` for transactions that are writing just now. Only one pass runs at a time; a
    second one returns at once with nothing done.
    """
    _require_fresh_snapshots(session)
    if not _only_sealer(session, seals.__tablename__):
        return Sealed(mark=mark)
    mark = mark or take_mark(session, events)
    if _waiting(session, events, mark, patience_seconds):
        return Sealed(mark=mark)
    floor = _floor(session, events, seals, mark.last_id)
    if floor is None:
        return Sealed()
    until = min(mark.last_id, floor + pass_ids)
    made = _seal_range(session, events, seals, after=floor, until=until, segment_rows=segment_rows)
    more = until < mark.last_id
    return Sealed(made, mark=Mark(mark.last_id, ()) if more else None, more=more)


def take_mark(session: Session, events: Events) -> Mark:
    """In this order: whoever drew an id up to the last one holds the lock already, or has ended."""
    table = events.__tablename__
    last = session.scalar(text(f"select case when is_called then last_value else 0 end from {table}_id_seq"))  # noqa: S608
    return Mark(int(last or 0), tuple(_writers(session, table)))


def _writers(session: Session, table: str) -> Sequence[str]:
    return session.scalars(
        text(
            "select distinct virtualtransaction from pg_locks where locktype = 'relation' and granted"
            " and database = (select oid from pg_database where datname = current_database())"
            " and relation = to_regclass(:t) and mode = 'RowExclusiveLock' and pid is distinct from pg_backend_pid()"
        ),
        {"t": table},
    ).all()


def _waiting(session: Session, events: Events, mark: Mark, patience_seconds: float) -> bool:
    deadline = monotonic() + patience_seconds
    while mark.writers and set(mark.writers) & set(_writers(session, events.__tablename__)):
        if monotonic() >= deadline:
            return True
        sleep(_POLL_SECONDS)
    return False


def _require_fresh_snapshots(session: Session) -> None:
    # With one snapshot for the whole transaction, rows that were committed while waiting would be passed over.
    if session.scalar(text("show transaction_isolation")) != "read committed":
        raise ValueError("sealing needs READ COMMITTED")


def _only_sealer(session: Session, table: str) -> bool:
    key = {"k": f"sealing {table}"}
    taken: bool = session.execute(text("select pg_try_advisory_xact_lock(hashtextextended(:k, 0))"), key).scalar_one()
    return taken


def _floor(session: Session, events: Events, seals: Seals, until: int) -> int | None:
    """The id after which nothing is sealed; just before the first unsealed row, so that gaps cost no passes."""
    statement = (
        "select min(id) from {events} where id > coalesce((select max(last_id) from {seals}), 0) and id <= :until"
    )
    names = {"events": events.__tablename__, "seals": seals.__tablename__}
    first = session.scalar(text(statement.format(**names)), {"until": until})
    return None if first is None else first - 1


def _seal_range(
    session: Session, events: Events, seals: Seals, *, after: int, until: int, segment_rows: int
) -> list[NewSeal]:
    statement = _STATEMENT.format(
        events=events.__tablename__,
        seals=seals.__tablename__,
        digest=row_digest("e"),
        seal_hash=seal_hash("s"),
        bytes=DIGEST_BYTES,
    )
    rows = session.execute(text(statement), {"after": after, "until": until, "size": segment_rows}).all()
    return [NewSeal(*row) for row in rows]


# `rows_` are the unsealed rows with their place in the chain of their tenant and class, `parts` the segments they
# fall into, `chain` the seals: each needs the hash of the one before, hence the recursion, over a few rows a chain.
_STATEMENT: Final = """
with recursive found as materialized (
    select e.tenant_id, e.retention_class, e.id, e.created_at, e.retention_until, {digest} as digest
    from {events} e where e.id > :after and e.id <= :until
), heads as materialized (
    select c.tenant_id, c.retention_class, coalesce(h.number, 0) as number, coalesce(h.last_id, 0) as last_id,
        h.seal_hash
    from (select distinct tenant_id, retention_class from found) c
    left join lateral (
        select number, last_id, seal_hash from {seals} s
        where s.tenant_id = c.tenant_id and s.retention_class = c.retention_class order by number desc limit 1
    ) h on true
), rows_ as (
    select f.*, h.number + 1
        + (row_number() over (partition by f.tenant_id, f.retention_class order by f.id) - 1) / :size as number
    from found f join heads h using (tenant_id, retention_class) where f.id > h.last_id
), parts as materialized (
    select tenant_id, retention_class, number, min(id) as first_id, max(id) as last_id,
        min(created_at) as first_at, max(created_at) as last_at, count(*) as row_count,
        sha256(string_agg(digest, ''::bytea order by id)) as rows_hash, max(retention_until) as retention_until,
        now() as sealed_at, array_agg(id order by id) as row_ids,
        string_agg(substr(digest, 1, {bytes}), ''::bytea order by id) as row_digests
    from rows_ group by tenant_id, retention_class, number
), chain as (
    select tenant_id, retention_class, number, seal_hash, null::bytea as previous_hash from heads
    union all
    select s.tenant_id, s.retention_class, s.number, {seal_hash}, s.previous_hash
    from chain c, lateral (
        select p.*, c.seal_hash as previous_hash from parts p
        where p.tenant_id = c.tenant_id and p.retention_class = c.retention_class and p.number = c.number + 1
    ) s
)
insert into {seals} (tenant_id, retention_class, number, first_id, last_id, first_at, last_at, row_count, rows_hash,
    retention_until, previous_hash, sealed_at, seal_hash, row_ids, row_digests)
select p.tenant_id, p.retention_class, p.number, p.first_id, p.last_id, p.first_at, p.last_at, p.row_count,
    p.rows_hash, p.retention_until, c.previous_hash, p.sealed_at, c.seal_hash, p.row_ids, p.row_digests
from parts p join chain c using (tenant_id, retention_class, number)
returning tenant_id, retention_class, number, last_id, row_count, seal_hash
"""
