"""Builds what all stores must hold, and tells the servers of those whose state is not the one that they fetched."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import column, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE
from sqlalchemy.orm import Session

from services.sync.domain.promotions.schedule import times_of_day
from services.sync.domain.promotions.settings import SyncSettings
from services.sync.models import EdgeContact, EdgeServer, EdgeVersion, Outbox, Schedule
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.deliveries import active_stores, manifests_for
from services.sync.operations.promotions.settings import own_settings, values_of
from shared.outbox.writing import Letter, post_many
from shared.schedules import put_schedule
from shared.tenancy import tenant_of

KIND: Final = "edge"
CHANGED: Final = "edge.changed"
TELL, WATCH, UPKEEP = "sync.tell_edges", "sync.watch_edges", "sync.edge_upkeep"
# Changes are gathered this long before anybody is told of them; a minute's watch sees each at least once.
GATHERED: Final = timedelta(seconds=30)
_SEEN_BY_WATCH: Final = GATHERED + timedelta(minutes=2)


def tell(session: Session, now: datetime, *, again: bool = True) -> int:
    """Builds the manifests of all active stores and writes a letter to each server that should ask; returns how many.

    Who was told of the very same before, and has not fetched it, is told again unless `again` is False. The number of
    statements does not grow with the stores.
    """
    if not values_of(own_settings(session)).auto_sync_enabled:
        return 0
    known = session.get(EdgeVersion, tenant_of(session))
    version = known.version if known else 0
    stores = active_stores(session)
    made = manifests_for(session, stores, version, now)
    digests = {store.id: each.digest for (store, _brand), each in zip(stores, made, strict=True)}
    behind = [server for server in _servers(session) if digests.get(server.store_id, server.held) != server.held]
    if not again:
        behind = [server for server in behind if digests[server.store_id] != server.told_manifest]
    letters = [_letter(session, server, version, now) for server in behind]
    post_many(session, Outbox, letters)
    _note(session, [(server.id, digests[server.store_id]) for server in behind])
    return len(letters)


def watch(session: Session, now: datetime) -> int:
    """Tells of what has changed lately, once it has been quiet for a moment; each change once."""
    known = session.get(EdgeVersion, tenant_of(session))
    if known is None or not GATHERED <= now - known.changed_at < _SEEN_BY_WATCH:
        return 0
    return tell(session, now, again=False)


def arrange(session: Session) -> None:
    """Brings the company's schedules in line with its settings: one for each minute of the hour that is named."""
    settings, zone = values_of(own_settings(session)), own_tenant(session).time_zone
    crons = _crons(settings)
    for name, cron in crons.items():
        put_schedule(session, Schedule, name=name, kind=TELL, queue="sync", cron=cron, time_zone=zone)
    stale = Schedule.name.startswith("edges-at-"), Schedule.name.not_in(crons)
    session.execute(delete(Schedule).where(Schedule.tenant_id == tenant_of(session), *stale))
    active = settings.auto_sync_enabled
    put_schedule(
        session,
        Schedule,
        name="edges-watch",
        kind=WATCH,
        queue="sync",
        cron="* * * * *",
        catch_up="skip",
        active=active,
    )
    put_schedule(session, Schedule, name="edges-upkeep", kind=UPKEEP, queue="sync", cron="15 3 * * *")


def _crons(settings: SyncSettings) -> dict[str, str]:
    if not settings.auto_sync_enabled:
        return {}
    hours: dict[int, list[int]] = {}
    times: Sequence[time] = times_of_day(sync_times=settings.sync_times, interval_hours=settings.sync_interval_hours)
    for each in times:
        hours.setdefault(each.minute, []).append(each.hour)
    return {f"edges-at-{minute:02}": f"{minute} {','.join(map(str, sorted(of)))} * * *" for minute, of in hours.items()}


def _servers(session: Session) -> list[Any]:
    """Active servers with an address, and what their store holds."""
    return list(
        session.execute(
            select(EdgeServer.id, EdgeServer.store_id, EdgeServer.told_manifest, EdgeContact.manifest.label("held"))
            .outerjoin(
                EdgeContact,
                (EdgeContact.tenant_id == EdgeServer.tenant_id) & (EdgeContact.store_id == EdgeServer.store_id),
            )
            .where(EdgeServer.active, EdgeServer.deleted_at.is_(None))
            .where(EdgeServer.url.is_not(None), EdgeServer.gone_at.is_(None))
            .order_by(EdgeServer.id)
        )
    )


def _letter(session: Session, server: Any, version: int, now: datetime) -> Letter:
    """It says that something changed, never what."""
    data = {"company_id": str(tenant_of(session)), "store_id": str(server.store_id), "version": version}
    message = {"type": CHANGED, "timestamp": now.astimezone(UTC).isoformat(), "data": data}
    return Letter(KIND, CHANGED, str(server.id), message, ordering_key=str(server.id))


def _note(session: Session, told: Sequence[tuple[UUID, str]]) -> None:
    """In one statement; being told is no change of the server."""
    if not told:
        return
    servers, digests = zip(*told, strict=True)
    rows = (
        func.unnest(literal(list(servers), ARRAY(UUID_TYPE)), literal(list(digests), ARRAY(TEXT)))
        .table_valued(column("id", UUID_TYPE), column("digest", TEXT))
        .render_derived(name="told")
    )
    table: Any = EdgeServer.__table__
    values = {"told_manifest": rows.c.digest, "updated_at": table.c.updated_at}
    session.execute(update(table).where(table.c.id == rows.c.id).values(values))
