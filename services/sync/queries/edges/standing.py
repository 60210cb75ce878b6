"""Where a store stands when it calls: one row, whatever the size of the company."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Session, aliased

from services.sync.models import (
    Brand,
    EdgeContact,
    EdgeManifest,
    EdgeServer,
    EdgeState,
    EdgeVersion,
    PromotionSettings,
    Store,
    Tenant,
)
from shared.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class State:
    """The manifest that a list had when it was last looked at, and what it was found for."""

    manifest: str
    checksum: str
    version: int
    today: date
    settings: dict[str, Any]
    built_at: datetime
    used_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The company, store and brand of a call, with the number of the last visible change.

    `store` and `brand` (the one in force) are None where none was asked for or there is none; `is_company` is False
    for a tenant that has not become a company yet.
    """

    company: Any
    store: Any
    store_brand: Any
    brand: Any
    version: int
    changed_at: datetime | None
    dates: dict[str, str]
    forced: int
    forced_at: datetime | None
    forced_held: int | None
    server: Any
    state: State | None

    @property
    def time_zone(self) -> str:
        zone: str = (self.store and self.store.timezone) or self.company.time_zone
        return zone


def standing_of(
    session: Session, *, store_id: uuid.UUID | None, brand_id: uuid.UUID | None, listed: str | None
) -> Standing:
    """Reads it all in one statement; the state only where a list is named."""
    asked_for = {"tenant_id": tenant_of(session), "store_id": store_id, "brand_id": brand_id, "listed": listed or ""}
    found = session.execute(_statement(), asked_for).one()
    company, store, store_brand, asked_brand, server, *_rest = found
    return Standing(
        company=company,
        store=store,
        store_brand=store_brand,
        brand=asked_brand if brand_id else store_brand,
        version=found.version or 0,
        changed_at=found.changed_at,
        dates=found.dates or {},
        forced=found.forced or 0,
        forced_at=found.forced_at,
        forced_held=found.forced_held,
        server=server,
        state=_state(found),
    )


@cache
def _statement() -> Select[Any]:
    """Built once: every poll of every store asks it."""
    asked, own = aliased(Brand), aliased(Brand)
    in_force = func.coalesce(asked.id, own.id)
    return (
        select(
            Tenant,
            Store,
            own,
            asked,
            EdgeServer,
            EdgeVersion.version,
            EdgeVersion.changed_at,
            EdgeVersion.dates,
            PromotionSettings.forced,
            PromotionSettings.forced_at,
            EdgeContact.forced.label("forced_held"),
            EdgeState.manifest,
            EdgeState.version.label("state_version"),
            EdgeState.today,
            EdgeState.settings,
            EdgeState.built_at,
            EdgeManifest.checksum,
            EdgeManifest.used_at,
            func.cardinality(EdgeManifest.ids).label("entries"),
        )
        .select_from(Tenant)
        .outerjoin(Store, _is(Store, bindparam("store_id", type_=UUID)))
        .outerjoin(own, _is(own, Store.brand_id))
        .outerjoin(asked, _is(asked, bindparam("brand_id", type_=UUID)))
        .outerjoin(EdgeVersion, EdgeVersion.tenant_id == Tenant.tenant_id)
        .outerjoin(PromotionSettings, PromotionSettings.tenant_id == Tenant.tenant_id)
        .outerjoin(EdgeContact, _of_store(EdgeContact))
        .outerjoin(EdgeServer, and_(_of_store(EdgeServer), EdgeServer.active, EdgeServer.deleted_at.is_(None)))
        .outerjoin(
            EdgeState,
            and_(_of_store(EdgeState), EdgeState.brand_id == in_force, EdgeState.list == bindparam("listed")),
        )
        .outerjoin(
            EdgeManifest,
            and_(EdgeManifest.tenant_id == EdgeState.tenant_id, EdgeManifest.digest == EdgeState.manifest),
        )
        .where(Tenant.tenant_id == bindparam("tenant_id"))
        # What this session has read before may have changed since.
        .execution_options(populate_existing=True)
    )


def _is(model: Any, key: Any) -> Any:
    return and_(model.tenant_id == Tenant.tenant_id, model.id == key, model.deleted_at.is_(None))


def _of_store(model: Any) -> Any:
    return and_(model.tenant_id == Store.tenant_id, model.store_id == Store.id)


def _state(found: Row[Any]) -> State | None:
    if found.checksum is None:  # never built, or its manifest has been forgotten
        return None
    return State(
        manifest=found.manifest,
        checksum=found.checksum,
        version=found.state_version,
        today=found.today,
        settings=found.settings,
        built_at=found.built_at,
        used_at=found.used_at,
        count=found.entries,
    )
