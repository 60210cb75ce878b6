"""What a change of the company's settings would move, before it is saved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.compiling import bring_up_to_date
from services.sync.operations.promotions.deliveries import active_stores
from services.sync.operations.promotions.settings import in_force, overrides_of, own_settings, values_of
from services.sync.queries.rehearsal import moved
from services.sync.queries.selection import Standpoint


def moves(session: Session, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Over all active stores, each with what its brand and itself override. A constant number of statements."""
    bring_up_to_date(session, now)
    saved, overrides = values_of(own_settings(session)), overrides_of(session)
    tried, zone, stores = saved.with_values(values), own_tenant(session).time_zone, active_stores(session)

    def standpoints(store: Any) -> tuple[Standpoint, Standpoint]:
        where = {"store_id": store.id, "brand_id": store.brand_id, "moment": now, "time_zone": store.timezone or zone}
        before, after = (
            Standpoint.of(in_force(each, overrides, store_id=store.id, brand_id=store.brand_id)[0], **where)
            for each in (saved, tried)
        )
        return before, after

    pairs = [standpoints(store) for store, _brand in stores]
    found = moved(session, [(before, after) for before, after in pairs if before != after])
    return {
        "stores": len(stores),
        "stores_moved": found.stores,
        "objects_sent": found.sent,
        "objects_deleted": found.deleted,
        "bytes": found.bytes,
    }
