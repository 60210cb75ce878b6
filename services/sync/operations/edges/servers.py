"""The servers in the stores: made with a secret that is told once, renewed, watched."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from services.sync.models import EdgeContact, EdgeServer, EdgeVersion, Store, SyncLogEntry
from services.sync.operations.edges.keys import seal_secret
from services.sync.operations.edges.logins import new_secret
from services.sync.operations.promotions.reference import refuse_new_id
from services.sync.operations.promotions.settings import own_settings
from shared import editing
from shared.errors import AlreadyExists
from shared.outbound_guard import Guard
from shared.tenancy import tenant_of

LOGGED_FOR: Final = timedelta(days=30)


def create(session: Session, body: dict[str, Any], guard: Guard) -> EdgeServer:
    """Raises AlreadyExists for a second server of a store, UnknownReference, AddressRefused."""
    refuse_new_id(session, EdgeServer, None, body)
    editing.demand_reference(session, Store, body["store_id"], "/store_id")
    _demand_single(session, body["store_id"])
    if body.get("url"):
        guard.check(body["url"])
    secret = new_secret(tenant_of(session))
    server = editing.create(session, EdgeServer, body | {"secret": seal_secret(session, secret)})
    server.told_secret = secret
    return server


def change(session: Session, server: EdgeServer, body: dict[str, Any], guard: Guard) -> None:
    """A server stays in its store; another one is another server."""
    refuse_new_id(session, EdgeServer, server, body)
    if body.pop("store_id", server.store_id) != server.store_id:
        raise AlreadyExists("A server stays in its store; make another one there.")
    if body.get("url") and body["url"] != server.url:
        guard.check(body["url"])
    if "url" in body:
        body["gone_at"] = None
    editing.change(session, server, body)


def renew_secret(session: Session, server: EdgeServer) -> str:
    secret = new_secret(tenant_of(session))
    server.secret = seal_secret(session, secret)
    editing.flush(session, "edge server")
    session.refresh(server)
    server.told_secret = secret
    editing.audit(session, server, "secret_renewed")
    return secret


def contact_of(session: Session, store_id: uuid.UUID) -> dict[str, Any]:
    contact = session.get(EdgeContact, (tenant_of(session), store_id))
    return {
        "last_seen_at": contact.seen_at if contact else None,
        "last_version": contact.version if contact else None,
    }


def contacts(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Every store that is on, longest silent first; one statement over the log."""
    logged = SyncLogEntry
    counted = (
        select(
            logged.store_id,
            func.count().label("calls"),
            func.sum(logged.bytes).label("bytes"),
            _share(logged.status == 304).label("share_unchanged"),
            _share(logged.mode == "full").label("share_full"),
        )
        .where(logged.called_at >= now - LOGGED_FOR)
        .group_by(logged.store_id)
        .subquery()
    )
    own = own_settings(session)
    silent_since = now - func.edge_silence(own.sync_times, own.sync_interval_hours)
    last_sign = func.coalesce(EdgeContact.seen_at, Store.created_at)
    statement = (
        select(
            Store.id.label("store_id"),
            Store.store_code,
            EdgeContact.seen_at.label("last_contact"),
            EdgeContact.version.label("version_held"),
            func.coalesce(EdgeVersion.version, 0).label("version"),
            (last_sign < silent_since).label("is_stale"),
            func.coalesce(counted.c.calls, 0).label("calls"),
            func.coalesce(counted.c.bytes, 0).label("bytes"),
            func.coalesce(counted.c.share_unchanged, 0).label("share_unchanged"),
            func.coalesce(counted.c.share_full, 0).label("share_full"),
        )
        .outerjoin(EdgeContact, (EdgeContact.tenant_id == Store.tenant_id) & (EdgeContact.store_id == Store.id))
        .outerjoin(EdgeVersion, EdgeVersion.tenant_id == Store.tenant_id)
        .outerjoin(counted, counted.c.store_id == Store.id)
        .where(Store.tenant_id == tenant_of(session), Store.is_active, Store.deleted_at.is_(None))
        .order_by(EdgeContact.seen_at.asc().nulls_first(), Store.store_code)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def _share(condition: Any) -> Any:
    return func.round(func.avg(case((condition, 1), else_=0)), 4)


def _demand_single(session: Session, store_id: uuid.UUID) -> None:
    taken = select(EdgeServer.id).where(EdgeServer.store_id == store_id, EdgeServer.deleted_at.is_(None))
    if session.scalar(taken) is not None:
        raise AlreadyExists("This store has an edge server already.")
