"""Recomputes the seals and says what does not fit.

Found is every change, removal, addition or exchange of sealed rows, every change of a seal, and every hole in a chain.
Not found by the table alone: that the newest seals were removed together with their rows. Keep a few `Anchor`s in
another place (each pass of `seal` returns what is needed) and hand them in; then that is found too.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.sealing.canonical import DIGEST_BYTES, row_digest, seal_hash
from shared.sealing.chain import Events, Seals
from shared.sealing.retention import lock_retention

MAX_FINDINGS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit.

    Kinds: row_changed, row_missing, row_added (inside of a sealed range), row_outside (sealed nowhere although its
    time has passed), rows_changed (the rows differ, and the hints that would name them are gone or changed too),
    seal_missing, seal_changed, chain_broken, purged_early, anchor_missing.
    """

    kind: str
    tenant_id: UUID
    retention_class: str
    number: int | None = None
    row_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal as it was seen once, kept outside of the database."""

    tenant_id: UUID
    retention_class: str
    number: int
    seal_hash: bytes


@dataclass(slots=True)
class Verification:
    """What was checked: seals, the rows below them, and how many rows are not sealed yet."""

    seals: int = 0
    rows: int = 0
    unsealed_rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    truncated: bool = False

    @property
    def intact(self) -> bool:
        return not self.findings

    def add(self, findings: Iterator[Finding]) -> None:
        for finding in findings:
            if len(self.findings) >= MAX_FINDINGS:
                self.truncated = True
                return
            self.findings.append(finding)


def verify(
    session: Session,
    events: Events,
    seals: Seals,
    *,
    tenant_id: UUID | None = None,
    anchors: Collection[Anchor] = (),
) -> Verification:
    """Checks the chains of one tenant, or of all that the session sees; reads segment by segment.

    Purging waits until the transaction ends, sealing does not.
    """
    lock_retention(session, seals, shared=True)
    result = Verification()
    names = {"events": events.__tablename__, "seals": seals.__tablename__}
    scope = {"tenant": tenant_id, "until": _sealed_until(session, names)}
    statement = text(_SEALS.format(**names, digest=row_digest("e"), seal_hash=seal_hash("s")))
    with session.execute(statement, scope, execution_options={"stream_results": True, "yield_per": 50}) as streamed:
        for row in streamed:
            _check_seal(session, names, row, result)
    below, result.unsealed_rows = session.execute(text(_COUNTS.format(**names)), scope).one()
    if below != result.rows:
        result.add(_outside(session, names, scope))
    result.add(_missing_anchors(session, names, anchors))
    return result


def _check_seal(session: Session, names: dict[str, str], row: Row[Any], result: Verification) -> None:
    result.seals += 1
    result.rows += row.found_rows or 0
    result.add(_of_seal(row))
    if row.purged_at is None and (row.found_rows, row.found_hash) != (row.row_count, row.rows_hash):
        result.add(_rows_of(session, names, row))


def _sealed_until(session: Session, names: dict[str, str]) -> int:
    return int(session.scalar(text(_SEALED_UNTIL.format(**names))) or 0)


def _of_seal(row: Row[Any]) -> Iterator[Finding]:
    where = (row.tenant_id, row.retention_class, row.number)
    if row.number != row.previous_number + 1:
        yield Finding("seal_missing", row.tenant_id, row.retention_class, row.previous_number + 1)
    elif row.previous_hash != row.expected_previous_hash:
        yield Finding("chain_broken", *where)
    if row.expected_hash != row.seal_hash:
        yield Finding("seal_changed", *where)
    if row.purged_at is not None and row.purged_at < row.retention_until:
        yield Finding("purged_early", *where)


def _rows_of(session: Session, names: dict[str, str], row: Row[Any]) -> Iterator[Finding]:
    """The rows of a segment that differ, by the hints in its seal."""
    where = (row.tenant_id, row.retention_class, row.number)
    if row.unhinted:
        yield Finding("rows_changed", *where)
        return
    statement = _ROWS.format(**names, digest=row_digest("e"), bytes=DIGEST_BYTES)
    key = {"tenant": row.tenant_id, "class": row.retention_class, "number": row.number, "after": row.after_id}
    found = session.execute(text(statement), key | {"limit": MAX_FINDINGS}).all()
    for kind, row_id in found:
        yield Finding(kind, *where, row_id)
    if not found:
        yield Finding("rows_changed", *where)


def _outside(session: Session, names: dict[str, str], scope: dict[str, Any]) -> Iterator[Finding]:
    rows = session.execute(text(_OUTSIDE.format(**names)), scope | {"limit": MAX_FINDINGS})
    return (Finding("row_outside", row.tenant_id, row.retention_class, None, row.id) for row in rows.all())


def _missing_anchors(session: Session, names: dict[str, str], anchors: Collection[Anchor]) -> Iterator[Finding]:
    statement = text(_ANCHOR.format(**names))
    for anchor in anchors:  # a handful, kept by hand or by a schedule
        key = {"tenant": anchor.tenant_id, "class": anchor.retention_class}
        if not session.scalar(statement, key | {"number": anchor.number, "hash": anchor.seal_hash}):
            yield Finding("anchor_missing", anchor.tenant_id, anchor.retention_class, anchor.number)


# The range of a seal begins after the seal before it; if that one is missing, with its own first row.
_SEALS: Final = """
select s.*, {seal_hash} as expected_hash, r.found_rows, r.found_hash
from (
    select tenant_id, retention_class, number, first_id, last_id, first_at, last_at, row_count, rows_hash,
        retention_until, previous_hash, sealed_at, seal_hash, purged_at,
        row_ids is null or row_digests is null as unhinted,
        coalesce(lag(number) over w, 0) as previous_number,
        lag(seal_hash) over w as expected_previous_hash,
        case when number = coalesce(lag(number) over w, 0) + 1 then coalesce(lag(last_id) over w, 0)
            else first_id - 1 end as after_id
    from {seals} where last_id <= :until and (cast(:tenant as uuid) is null or tenant_id = :tenant)
    window w as (partition by tenant_id, retention_class order by number)
) s
left join lateral (
    select count(*) as found_rows, sha256(string_agg(d.digest, ''::bytea order by d.id)) as found_hash
    from (
        select e.id, {digest} as digest from {events} e
        where e.tenant_id = s.tenant_id and e.retention_class = s.retention_class
        and e.id > s.after_id and e.id <= s.last_id and e.created_at between s.first_at and s.last_at
    ) d
) r on s.purged_at is null
order by s.tenant_id, s.retention_class, s.number
"""
_ROWS: Final = """
select case when e.id is null then 'row_missing' when h.id is null then 'row_added' else 'row_changed' end, id
from (
    select r.id, substr(s.row_digests, (r.place::integer - 1) * {bytes} + 1, {bytes}) as digest
    from {seals} s, unnest(s.row_ids) with ordinality as r (id, place)
    where s.tenant_id = :tenant and s.retention_class = :class and s.number = :number
) h full join (
    select e.id, substr({digest}, 1, {bytes}) as digest
    from {seals} s join {events} e using (tenant_id, retention_class)
    where s.tenant_id = :tenant and s.retention_class = :class and s.number = :number
    and e.id > :after and e.id <= s.last_id and e.created_at between s.first_at and s.last_at
) e using (id)
where h.digest is distinct from e.digest order by id limit :limit
"""
_COUNTS: Final = """
select count(*) filter (where id <= :until), count(*) filter (where id > :until) from {events}
where cast(:tenant as uuid) is null or tenant_id = :tenant
"""
_OUTSIDE: Final = """
select e.tenant_id, e.retention_class, e.id from {events} e
where e.id <= :until and (cast(:tenant as uuid) is null or e.tenant_id = :tenant) and not exists (
    select from {seals} s where s.tenant_id = e.tenant_id and s.retention_class = e.retention_class
    and s.purged_at is null and e.id between s.first_id and s.last_id and e.created_at between s.first_at and s.last_at
) order by e.id limit :limit
"""
_SEALED_UNTIL: Final = "select max(last_id) from {seals}"
_ANCHOR: Final = """
select exists (select from {seals} where tenant_id = :tenant and retention_class = :class and number = :number
    and seal_hash = :hash)
"""
