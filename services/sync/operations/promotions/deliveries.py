"""What stores would be sent if all of them asked now: for people who look, compile and download."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.sync.domain.promotions.manifests import Entry
from services.sync.domain.promotions.windows import local_date
from services.sync.models import Brand, Store
from services.sync.operations.edges.states import keep_promotions, remembered
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.settings import in_force, overrides_of, own_settings, values_of
from services.sync.queries.compiling import bodies_of
from services.sync.queries.edges.manifests import Made, Wanted, entries_of
from services.sync.queries.selection import Standpoint


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one store is sent, in order, and what is wrong with some of it."""

    ids: list[str]
    bodies: list[str]
    errors: list[dict[str, Any]]


def active_stores(
    session: Session, *, after: tuple[str, uuid.UUID] | None = None, limit: int | None = None
) -> list[Any]:
    """Rows of Store and Brand, by code; a store is switched off with its brand, too."""
    statement = (
        select(Store, Brand)
        .join(Brand, (Brand.tenant_id == Store.tenant_id) & (Brand.id == Store.brand_id))
        .where(Store.is_active, Brand.is_active, Store.deleted_at.is_(None), Brand.deleted_at.is_(None))
        .order_by(Store.store_code, Store.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(Store.store_code, Store.id) > after)
    return list(session.execute(statement))


def manifests_for(session: Session, stores: Sequence[Any], version: int, now: datetime) -> list[Made]:
    """The manifest of each store, as the store's next call finds it: a constant number of statements."""
    company, zone = values_of(own_settings(session)), own_tenant(session).time_zone
    overrides, forced = overrides_of(session), own_settings(session).forced
    standpoints, wanted = [], []
    for store, brand in stores:
        settings, _origins = in_force(company, overrides, store_id=store.id, brand_id=brand.id)
        today = local_date(now, store.timezone or zone)
        standpoints.append(Standpoint(store.id, brand.id, settings.window(today), settings.include_inactive))
        told = remembered(settings, forced)
        wanted.append(Wanted(store.id, brand.id, "promotions", version, today, told))
    return keep_promotions(session, standpoints, wanted, now) if wanted else []


def deliveries(session: Session, manifests: Sequence[str]) -> list[Delivery]:
    """For each manifest what it stands for; two statements."""
    known = entries_of(session, manifests)
    bodies = bodies_of(session, sorted({entry.checksum for entries, _errors in known.values() for entry in entries}))
    return [_delivery(*known[each], bodies) for each in manifests]


def _delivery(entries: Sequence[Entry], errors: list[dict[str, Any]], bodies: Mapping[str, str]) -> Delivery:
    return Delivery([entry.id for entry in entries], [bodies[entry.checksum] for entry in entries], errors)
