"""Where audit rows wait when the log cannot take them (a missing partition, a right that was taken away).

A service may have such a plain table (`class AuditEvent(AuditEventMixin, Base): spool = AuditSpool`). Rows go there
in the same transaction, so that the business goes on and nothing is forgotten; the relay moves them (`move_spool`).
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import (
    BigInteger,
    Identity,
    Select,
    Table,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.errors import Unavailable
from shared.metrics import AUDIT_WRITE_FAILURES
from shared.tenancy import TenantOwned, tenant_of

log = structlog.get_logger(__name__)

# Classes of SQLSTATE that are not the log's fault: no connection, transaction to be repeated, lock or time over.
_PASSING = ("08", "40", "55", "57")


class AuditUnavailable(Unavailable):
    """Neither the log nor its spool takes a row, so nothing may be changed."""

    code = "audit_unavailable"


class AuditSpoolMixin(TenantOwned):
    """Audit rows, column to value, in the order in which they were written.

    Until it is moved, a row's id is the negative of its number here.
    """

    __tablename__: str
    __personal__: ClassVar = "row"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-9)
    row: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.statement_timestamp())


Keys = Sequence[tuple[datetime, int]]


def insert_or_spool(
    session: Session, table: Table, spool: type[AuditSpoolMixin] | None, names: Sequence[str], rows: Select[Any]
) -> Keys:
    """Writes the rows into the log, or into the spool if there is one and the log fails; returns their keys in order.

    Raises AuditUnavailable if both fail.
    """
    into_log = insert(table).from_select(names, rows, include_defaults=False).returning(table.c.created_at, table.c.id)
    if spool is None:
        return sorted(map(tuple, session.execute(into_log)), key=lambda key: key[1])
    try:
        with session.begin_nested():
            return sorted(map(tuple, session.execute(into_log)), key=lambda key: key[1])
    except DBAPIError as failure:
        sqlstate = getattr(failure.orig, "sqlstate", None) or "08"
        if sqlstate.startswith(_PASSING):
            raise
        AUDIT_WRITE_FAILURES.labels(session.info["database"].service).inc()
        log.error("audit_log_failed", sqlstate=sqlstate, table=table.name)
    return _spooled(session, spool, rows)


def _spooled(session: Session, spool: type[AuditSpoolMixin], rows: Select[Any]) -> Keys:
    row = rows.subquery("entry")
    whole = select(literal(tenant_of(session)), func.to_jsonb(row.table_valued()))
    into_spool = insert(spool).from_select(["tenant_id", "row"], whole, include_defaults=False)
    try:
        found = session.execute(into_spool.returning(spool.created_at, spool.id)).all()
    except DBAPIError as failure:
        raise AuditUnavailable("What happens here cannot be recorded just now, so it must not happen.") from failure
    return [(created_at, -number) for created_at, number in sorted(found, key=lambda key: key[1])]


def move_spool(
    session: Session, table: Table, spool: type[AuditSpoolMixin], records: Iterable[Table] = (), *, at_most: int = 1000
) -> int:
    """Moves the oldest rows into the log, as the relay; returns how many. Call again while it is `at_most`.

    `records` are tables whose `audit_id` names an audit row; there the new ids take the place of the negative ones.
    """
    oldest = select(spool.tenant_id, spool.id).order_by(spool.id).limit(at_most)
    taken = delete(spool).where(tuple_(spool.tenant_id, spool.id).in_(oldest))
    found = session.execute(taken.returning(spool.tenant_id, spool.id, spool.row, spool.created_at)).all()
    waiting = sorted(found, key=lambda entry: entry.id)
    if not waiting:
        return 0
    entries = [
        {**row, "tenant_id": tenant_id, "created_at": created_at, "n": n}
        for n, (tenant_id, _, row, created_at) in enumerate(waiting)
    ]
    names = [known.name for known in table.c if known.name != "id"]
    entry = (
        func.jsonb_to_recordset(bindparam("entries", entries, JSONB))
        .table_valued(*(column(name, table.c[name].type) for name in names), column("n", BigInteger))
        .render_derived(name="entry", with_types=True)
    )
    until = func.coalesce(entry.c.retention_until, table.c.retention_until.server_default.arg)  # type: ignore[union-attr]
    shown = [until if name == "retention_until" else entry.c[name] for name in names]
    rows = select(*shown).order_by(entry.c.n)
    written = insert(table).from_select(names, rows, include_defaults=False).returning(table.c.id)
    moved = list(zip(waiting, sorted(session.scalars(written)), strict=True))
    for record in records:
        _point_to(session, record, [(old.tenant_id, -old.id, new) for old, new in moved])
    return len(moved)


def _point_to(session: Session, record: Table, moved: Sequence[tuple[uuid.UUID, int, int]]) -> None:
    now = values(column("tenant_id", UUID), column("old", BigInteger), column("new", BigInteger), name="moved").data(
        list(moved)
    )
    session.execute(
        update(record)
        .where(record.c.tenant_id == now.c.tenant_id, record.c.audit_id == now.c.old)
        .values(audit_id=now.c.new)
    )


def spool_figures(service: str, spool: type[AuditSpoolMixin]) -> Callable[[Session], Iterable[Metric]]:
    """How many rows wait, for the scrape of the relay."""

    def read(session: Session) -> Iterable[Metric]:
        gauge = GaugeMetricFamily("audit_spool_rows", "Audit rows that wait for the log.", labels=["service"])
        gauge.add_metric([service], session.scalar(select(func.count()).select_from(spool)) or 0)
        return [gauge]

    return read
