"""Which store called for what, and what it holds since."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert
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
