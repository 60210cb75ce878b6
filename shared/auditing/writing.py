"""Writes audit rows: single ones, many at once, and one per row of a set-based change without a detour over Python.

Who acted, for whom and in which request comes from the context of the session; the caller says what happened.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from shared.alike import alike
from shared.auditing.classification import Classes, serialised
from shared.auditing.models import AuditEventMixin, EventType, Level
from shared.auditing.spool import insert_or_spool
from shared.errors import PermissionMissing
from shared.metrics import AUDIT_WRITES
from shared.redaction import redact, redact_changes, redact_text
from shared.tenancy import context_of

Model = type[AuditEventMixin]

_ACTION: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened. `action` is a fixed dotted word (`string.regenerated`), never a user's text.

    `changes` is field -> [old, new] (see `diff`); `classification` the classes of the entity's fields. Rows that
    are kept longer than others belong in a `retention_class` of their own: segments are kept and removed whole.
    `origin_correlation_id` is the story that it continues, where that is not the one of the unit of work.
    """

    action: str
    entity_type: str
    entity_id: object | None = None
    event_type: EventType = EventType.UPDATED
    level: Level = Level.INFO
    message: str | None = None
    changes: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None
    security_flags: Sequence[str] = ()
    duration_ms: int | None = None
    retention_class: str = "standard"
    retention_until: datetime | None = None
    origin_correlation_id: uuid.UUID | None = None
    classification: Classes = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _ACTION.fullmatch(self.action):
            raise ValueError(f"an action is a dotted word like string.updated, not {self.action!r}")

    def columns(self) -> dict[str, Any]:
        """Column to value, redacted; no `retention_until` leaves it to the table's default."""
        return {
            "event_type": str(self.event_type),
            "level": str(self.level),
            "action": self.action,
            "entity_type": self.entity_type,
            "entity_id": None if self.entity_id is None else str(self.entity_id),
            "message": None if self.message is None else redact_text(serialised(self.message), free_text=True),
            "changes": self.changes and redact_changes(serialised(self.changes), self.classification),
            "metadata": self.metadata and redact(serialised(self.metadata), self.classification),
            "security_flags": list(self.security_flags) or None,
            "duration_ms": self.duration_ms,
            "retention_class": self.retention_class,
            "retention_until": self.retention_until,
            "origin_correlation_id": self.origin_correlation_id,
        }


@dataclass(frozen=True, slots=True)
class Recorded:
    """Key of a written row, for a record of its own beside it. A negative id is a place in the spool."""

    created_at: datetime
    id: int


def record(session: Session, model: Model, **entry: Any) -> Recorded:
    """Writes one row with the fields of Entry, in the transaction of `session`."""
    return record_many(session, model, [Entry(**entry)])[0]


def record_many(session: Session, model: Model, entries: Sequence[Entry]) -> list[Recorded]:
    """Writes one row per entry in their order, with one statement."""
    return record_alike(session, model, entries, range(len(entries)), [entry.entity_id for entry in entries])


def record_alike(
    session: Session, model: Model, entries: Sequence[Entry], which: Sequence[int], entity_ids: Sequence[object]
) -> list[Recorded]:
    """A row for each id, like the entry in that place of `entries` which `which` says for it; with one statement."""
    if not entity_ids:
        return []
    session.flush()  # what is recorded was written before
    table = _table(model)
    kept, usual = model.days_kept(session), session.info["database"].audit_days
    looks = [_kept(entry.columns(), kept.get(str(entry.event_type)), usual=usual) for entry in entries]
    names = [name for name in looks[0] if name not in ("entity_id", "days")]
    types = {name: table.c[name].type for name in names} | {"days": Integer()}
    source, columns = alike(looks, types, which, {"entity_id": _texts(entity_ids)})
    days = func.statement_timestamp() + func.make_interval(0, 0, 0, columns["days"])
    columns["retention_until"] = func.coalesce(
        columns["retention_until"],
        days,
        table.c.retention_until.server_default.arg,  # type: ignore[union-attr]
    )
    who = _who(session)
    story = _literals(table, {"origin_correlation_id": who.pop("origin_correlation_id")})
    columns["origin_correlation_id"] = func.coalesce(columns["origin_correlation_id"], *story)
    names.append("entity_id")
    values = [columns[name].cast(table.c[name].type).label(name) for name in names]
    selected = select(*values, *_literals(table, who)).select_from(source).order_by(columns["n"])
    written = insert_or_spool(session, table, model.spool, [*names, *who], selected)
    AUDIT_WRITES.labels(session.info["database"].service).inc(len(written))
    return [Recorded(*key) for key in written]


def _texts(ids: Sequence[object]) -> tuple[TypeEngine[Any], Sequence[Any]]:
    """Ids of entities as a column, which numbers reach sooner as numbers."""
    if all(type(one) is int for one in ids):
        return BigInteger(), ids
    return Text(), [None if one is None else str(one) for one in ids]


def _kept(row: dict[str, Any], days: int | None, *, usual: int) -> dict[str, Any]:
    """Segments are kept as long as their last row: what is kept longer stands in segments of its own."""
    if days is None or days <= usual or row["retention_until"] is not None:
        return row
    return row | {"days": days, "retention_class": f"{days}_days"}


def record_denial(session: Session, denial: PermissionMissing, *, model: Model) -> None:
    """The row of a refused permission."""
    record(
        session,
        model,
        action="access.denied",
        entity_type="permission",
        entity_id=denial.members["permission"],
        event_type=EventType.PERMISSION_DENIED,
        level=Level.SECURITY,
        message=denial.detail,
        security_flags=["permission_denied", "SECURITY_EVENT"],
    )


def record_rows(
    session: Session,
    model: Model,
    entry: Entry,
    *,
    source: FromClause,
    entity_id: ColumnElement[Any],
    changes: ColumnElement[Any] | None = None,
    metadata: ColumnElement[Any] | None = None,
) -> Insert:
    """An INSERT that writes one row like `entry` for each row of `source`, to be executed or to be a CTE.

    `changes` (see changes_of) and `metadata` are JSON expressions over `source`; nothing redacts them, so that they
    may hold public and internal columns only.
    """
    names, selected = _rows(session, _table(model), entry, source, entity_id, changes, metadata)
    return insert(_table(model)).from_select(names, selected, include_defaults=False)


def write_rows(
    session: Session,
    model: Model,
    entry: Entry,
    *,
    source: FromClause,
    entity_id: ColumnElement[Any],
    changes: ColumnElement[Any] | None = None,
    metadata: ColumnElement[Any] | None = None,
) -> list[Recorded]:
    """`record_rows`, executed, with the spool behind it; the keys in the order of the rows."""
    names, selected = _rows(session, _table(model), entry, source, entity_id, changes, metadata)
    written = insert_or_spool(session, _table(model), model.spool, names, selected)
    AUDIT_WRITES.labels(session.info["database"].service).inc(len(written))
    return [Recorded(*key) for key in written]


def _rows(
    session: Session,
    table: Table,
    entry: Entry,
    source: FromClause,
    entity_id: ColumnElement[Any],
    changes: ColumnElement[Any] | None,
    metadata: ColumnElement[Any] | None,
) -> tuple[list[str], Select[Any]]:
    values = _who(session) | {name: value for name, value in entry.columns().items() if value is not None}
    per_row: dict[str, ColumnElement[Any]] = {"entity_id": entity_id.cast(table.c.entity_id.type)}
    per_row |= {} if changes is None else {"changes": changes}
    per_row |= {} if metadata is None else {"metadata": metadata}
    constant = {name: value for name, value in values.items() if name not in per_row and value is not None}
    columns = [value.label(name) for name, value in per_row.items()]
    return [*per_row, *constant], select(*columns, *_literals(table, constant)).select_from(source)


def _who(session: Session) -> dict[str, Any]:
    context = context_of(session)
    return {
        "actor": context.actor,
        "actor_name": context.actor_name,
        "client_address": context.client_address,
        "correlation_id": context.correlation_id,
        "origin_correlation_id": context.origin_correlation_id,
    }


def _literals(table: Table, values: Mapping[str, Any]) -> list[ColumnElement[Any]]:
    return [
        null().label(name) if value is None else literal(value, table.c[name].type).cast(table.c[name].type).label(name)
        for name, value in values.items()
    ]


def _table(model: Model) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
