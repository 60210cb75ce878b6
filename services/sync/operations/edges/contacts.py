"""Which store called for what, and what it holds since."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, bindparam, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from services.sync.models import EdgeContact, SyncLogEntry
from shared.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Told:
    """One answered call. `manifest` and `forced` only where the store holds everything after it."""

    store_id: uuid.UUID | None
    endpoint: str
    status: int
    mode: str | None = None
    version: int | None = None
    sent: int = 0
    deleted: int = 0
    bytes: int = 0
    seconds: float = 0.0
    manifest: str | None = None
    forced: int | None = None


def log_call(session: Session, told: Told) -> None:
    """Two statements; a call without a store leaves no contact."""
    own = {"tenant_id": tenant_of(session)}
    session.execute(_LOG, own | {name: getattr(told, name) for name in _LOGGED})
    if told.store_id is None:
        return
    held = {} if told.manifest is None else {name: getattr(told, name) for name in _HELD}
    session.execute(_NOTE_HELD if held else _NOTE, own | {"store_id": told.store_id} | held)


def log_calls(session: Session, calls: Sequence[tuple[datetime, Told]]) -> None:
    """The same for many calls that left their stores as they were, in two statements; a refusal is no contact."""
    log: Any = SyncLogEntry.__table__
    names = ("called_at", *_LOGGED)
    rows = [{"called_at": at} | {name: getattr(told, name) for name in _LOGGED} for at, told in calls]
    session.execute(insert(log).from_select(list(names), select(*_given(rows, [log.c[name] for name in names]).c)))
    seen = {told.store_id: at for at, told in calls if told.store_id is not None and told.status < 400}
    if not seen:
        return
    contact: Any = EdgeContact.__table__
    last = _given(
        [{"store_id": store, "seen_at": at} for store, at in seen.items()], [contact.c.store_id, contact.c.seen_at]
    )
    later = func.greatest(contact.c.seen_at, last.c.seen_at)
    session.execute(update(contact).where(contact.c.store_id == last.c.store_id).values(seen_at=later))


def _given(rows: Sequence[dict[str, Any]], columns: Sequence[Column[Any]]) -> Any:
    """Rows of Python as a table."""
    return (
        func.jsonb_to_recordset(literal(list(rows), JSONB))
        .table_valued(*(column(each.name, each.type) for each in columns))
        .render_derived(name="given", with_types=True)
    )


def _noting(*held: str) -> Any:
    put = insert(EdgeContact.__table__).values(  # type: ignore[arg-type]  # its own table
        {name: bindparam(name) for name in ("tenant_id", "store_id", *held)}
    )
    values = {"seen_at": func.now()} | {name: put.excluded[name] for name in held}
    return put.on_conflict_do_update(index_elements=["tenant_id", "store_id"], set_=values)


# Built once: every poll of every store writes them.
_LOGGED = ("store_id", "endpoint", "status", "mode", "version", "sent", "deleted", "bytes", "seconds")
_HELD = ("version", "manifest", "forced")
_LOG = insert(SyncLogEntry.__table__)  # type: ignore[arg-type]  # its own table
_NOTE, _NOTE_HELD = _noting(), _noting(*_HELD)
