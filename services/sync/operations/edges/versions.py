"""Whether there is news at all: one number for the company, and when its stores are told next."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from services.sync.domain.promotions.schedule import next_due, times_of_day
from services.sync.domain.promotions.settings import SyncSettings
from services.sync.domain.promotions.windows import local_date
from services.sync.models import EdgeContact, Store
from services.sync.operations.edges.states import notice_date
from services.sync.operations.promotions.settings import own_settings, values_of
from services.sync.queries.edges.standing import Standing
from shared.tenancy import tenant_of


def version_told(session: Session, standing: Standing, now: datetime) -> dict[str, Any]:
    """The number, after what the date has changed; and what else a store asks before it fetches anything."""
    zones = {standing.time_zone} if standing.store is not None else {standing.company.time_zone, *standing.dates}
    for zone in sorted(zones):  # as many as the company has zones, not stores
        noticed = notice_date(session, standing, zone, local_date(now, zone))
        if noticed != standing.version:
            standing = replace(standing, version=noticed, changed_at=now)
    settings = values_of(own_settings(session))
    return {
        "version": standing.version,
        "last_updated": standing.changed_at,
        "force_update": _is_full_sync_due(session, standing),
        "next_sync_at": next_sync_at(settings, standing.company.time_zone, now),
    }


def next_sync_at(settings: SyncSettings, time_zone: str, now: datetime) -> datetime | None:
    """When the company's stores are told next by themselves; None where that is switched off."""
    if not settings.auto_sync_enabled:
        return None
    times = times_of_day(sync_times=settings.sync_times, interval_hours=settings.sync_interval_hours)
    return next_due(now, times, time_zone=time_zone)


def _is_full_sync_due(session: Session, standing: Standing) -> bool:
    """For the store that asks; without one, for any store."""
    if standing.forced == 0:
        return False
    if standing.store is not None:
        return (standing.forced_held or 0) < standing.forced
    held = exists().where(
        EdgeContact.tenant_id == Store.tenant_id,
        EdgeContact.store_id == Store.id,
        EdgeContact.forced >= standing.forced,
    )
    waiting = and_(Store.tenant_id == tenant_of(session), Store.is_active, Store.deleted_at.is_(None), ~held)
    return session.scalar(select(Store.id).where(waiting).limit(1)) is not None
