"""What stores would get: with the saved settings, with others, on another day. Nothing is stored."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.sync.domain.promotions.settings import SyncSettings
from services.sync.domain.promotions.windows import LABELS
from services.sync.models import Brand, Store
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.settings import effective_settings
from services.sync.queries.selection import Standpoint, in_order, judged, selection
from shared.access import load


@dataclass(frozen=True, slots=True)
class Place:
    """From where is looked: a store, or the whole company; `brand_id` is the one in force."""

    store_id: uuid.UUID | None
    brand_id: uuid.UUID | None
    time_zone: str


def place_of(session: Session, *, store_id: uuid.UUID | None, brand_id: uuid.UUID | None = None) -> Place:
    """Raises NotFound for a store or brand that the company has not."""
    zone = own_tenant(session).time_zone
    if brand_id is not None:
        load(session, Brand, brand_id)
    if store_id is None:
        return Place(None, brand_id, zone)
    store = load(session, Store, store_id)
    return Place(store.id, brand_id or store.brand_id, store.timezone or zone)


def preview(session: Session, place: Place, now: datetime, *, samples: int = 5) -> dict[str, Any]:
    """With the settings as they are saved."""
    settings = _saved(session, place)
    return _told(settings, _rows(session, place, [settings], now)[0], samples)


def rehearse(
    session: Session, place: Place, values: Mapping[str, Any], now: datetime, *, samples: int = 5
) -> dict[str, Any]:
    """With other settings over the saved ones, and what that would move; both from one statement."""
    saved = _saved(session, place)
    tried = saved.with_values(values)
    then, before = _rows(session, place, [tried, saved], now)
    codes, codes_before = [row.code for row in then], [row.code for row in before]
    return _told(tried, then, samples) | {
        "codes": codes,
        "compared_with_saved": {
            "come": [code for code in codes if code not in set(codes_before)],
            "go": [code for code in codes_before if code not in set(codes)],
        },
    }


def judged_promotions(session: Session, place: Place, now: datetime) -> Select[*tuple[Any, ...]]:
    """What a store holds at a moment, and why: see `judged`. With the settings as they are saved."""
    return judged(_standpoint(place, _saved(session, place), now))


def _saved(session: Session, place: Place) -> SyncSettings:
    return effective_settings(session, store_id=place.store_id, brand_id=place.brand_id)[0]


def _rows(session: Session, place: Place, variants: list[SyncSettings], now: datetime) -> list[list[Any]]:
    standpoints = [_standpoint(place, each, now) for each in variants]
    chosen = selection(standpoints).subquery()
    found: list[list[Any]] = [[] for _ in variants]
    for row in session.execute(select(chosen).order_by(*in_order(chosen))):
        found[row.n].append(row)
    return found


def _standpoint(place: Place, settings: SyncSettings, now: datetime) -> Standpoint:
    where = {"store_id": place.store_id, "brand_id": place.brand_id}
    return Standpoint.of(settings, **where, moment=now, time_zone=place.time_zone)


def _told(settings: SyncSettings, rows: list[Any], samples: int) -> dict[str, Any]:
    names = ("code", "name", "start_date", "end_date", "is_active")
    return {
        "success": True,
        "count": len(rows),
        "description": settings.description,
        "strategy": LABELS[settings.sync_strategy],
        "samples": [{name: getattr(row, name) for name in names} for row in rows[:samples]],
    }
