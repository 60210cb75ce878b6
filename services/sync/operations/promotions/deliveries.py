"""What stores would be sent if all of them asked now: for people who look, compile and download."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.sync.domain.promotions.settings import SyncSettings, effective
from services.sync.domain.promotions.windows import local_date
from services.sync.models import Brand, Store
from services.sync.operations.edges.states import keep_promotions, remembered
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.settings import overrides_of, own_settings, values_of
from services.sync.queries.compiling import bodies_of
from services.sync.queries.edges.manifests import Made, Wanted, entries_of
from services.sync.queries.selection import Standpoint


def active_stores(session: Session) -> list[Any]:
    """Rows of Store and Brand, by code; a store is switched off with its brand, too."""
    return list(
        session.execute(
            select(Store, Brand)
            .join(Brand, (Brand.tenant_id == Store.tenant_id) & (Brand.id == Store.brand_id))
            .where(Store.is_active, Brand.is_active, Store.deleted_at.is_(None), Brand.deleted_at.is_(None))
            .order_by(Store.store_code, Store.id)
        )
    )


def manifests_for(session: Session, stores: Sequence[Any], version: int, now: datetime) -> list[Made]:
    """The manifest of each store, as the store's next call finds it: a constant number of statements."""
    company, zone = values_of(own_settings(session)), own_tenant(session).time_zone
    overrides, forced = overrides_of(session), own_settings(session).forced
    standpoints, wanted = [], []
    for store, brand in stores:
        settings: SyncSettings = effective(
            company, brand=overrides.get(("brand", brand.id), {}), store=overrides.get(("store", store.id), {})
        )[0]
        today = local_date(now, store.timezone or zone)
        standpoints.append(Standpoint(store.id, brand.id, settings.window(today), settings.include_inactive))
        told = remembered(settings, forced)
        wanted.append(Wanted(store.id, brand.id, "promotions", version, today, told))
    return keep_promotions(session, standpoints, wanted, now) if wanted else []


def deliveries(session: Session, made: Sequence[Made]) -> list[tuple[list[str], list[dict[str, Any]]]]:
    """For each manifest the things that are sent, in order, and what is wrong with some; two statements."""
    known = entries_of(session, [each.digest for each in made])
    checksums = sorted({entry.checksum for entries, _errors in known.values() for entry in entries})
    bodies = bodies_of(session, checksums)
    return [([bodies[entry.checksum] for entry in known[each.digest][0]], known[each.digest][1]) for each in made]


def promotion_ids(session: Session, made: Sequence[Made]) -> set[str]:
    known = entries_of(session, [each.digest for each in made])
    return {entry.id for entries, _errors in known.values() for entry in entries}
