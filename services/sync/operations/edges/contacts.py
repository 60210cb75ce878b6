"""Which store called for what, and what it holds since."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func
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
    names = ("store_id", "endpoint", "status", "mode", "version", "sent", "deleted", "bytes", "seconds")
    values = {name: getattr(told, name) for name in names}
    session.execute(insert(SyncLogEntry).values(tenant_id=tenant_of(session), **values))
    if told.store_id is None:
        return
    held = {} if told.manifest is None else {"version": told.version, "manifest": told.manifest, "forced": told.forced}
    put = insert(EdgeContact).values(tenant_id=tenant_of(session), store_id=told.store_id, **held)
    session.execute(
        put.on_conflict_do_update(index_elements=["tenant_id", "store_id"], set_={"seen_at": func.now()} | held)
    )
