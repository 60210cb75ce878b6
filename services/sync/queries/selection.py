"""The one query that says which promotions a store gets; previews, syncs and the compiler all ask it.

It is asked for any number of standpoints at once: a thousand stores are one statement, as one store is.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    TableValuedAlias,
    and_,
    bindparam,
    column,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.sync.domain.promotions.settings import SyncSettings
from services.sync.domain.promotions.windows import Window, local_date
from services.sync.models import Promotion, PromotionLink


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where promotions are looked at. Without a store none is left out for its stores, without a brand none for
    its brands."""

    store_id: uuid.UUID | None
    brand_id: uuid.UUID | None
    window: Window
    include_inactive: bool

    @classmethod
    def of(
        cls,
        settings: SyncSettings,
        *,
        store_id: uuid.UUID | None,
        brand_id: uuid.UUID | None,
        moment: datetime,
        time_zone: str,
    ) -> "Standpoint":
        """`time_zone` is the store's, else the company's: it decides which day it is."""
        window = settings.window(local_date(moment, time_zone))
        return cls(store_id, brand_id, window, settings.include_inactive)


EVERYTHING = Standpoint(None, None, Window(None, None), include_inactive=True)


def selection(standpoints: Sequence[Standpoint]) -> Select[Any]:
    """Rows of `n` (the number of a standpoint) and some columns of each promotion that it selects, each once;
    unordered, see `in_order`."""
    at = _table_of(standpoints)
    promotion = Promotion
    selects = and_(promotion.deleted_at.is_(None), *_rules(at).values())
    return select(
        at.c.n,
        promotion.tenant_id,
        promotion.id,
        promotion.code,
        promotion.name,
        promotion.start_date,
        promotion.end_date,
        promotion.is_active,
        promotion.execution_priority,
        promotion.version,
        promotion.is_exhausted,
    ).join_from(at, promotion, selects)


def judged(standpoint: Standpoint) -> Select[*tuple[Any, ...]]:
    """Rows of every promotion that is not deleted, with whether it is selected and what each rule says of it."""
    at, promotion = _table_of([standpoint]), Promotion
    rules = _rules(at)
    return select(
        promotion.id,
        promotion.code,
        promotion.name,
        promotion.promo_type,
        promotion.start_date,
        promotion.end_date,
        and_(*rules.values()).label("is_held"),
        *(rule.label(name) for name, rule in rules.items()),
    ).join_from(at, promotion, promotion.deleted_at.is_(None))


def _rules(at: TableValuedAlias) -> dict[str, ColumnElement[bool]]:
    promotion = Promotion
    has_begun = or_(at.c.starts_by.is_(None), promotion.start_date <= at.c.starts_by)
    has_not_ended = or_(at.c.ends_from.is_(None), promotion.end_date >= at.c.ends_from)
    return {
        "is_on": or_(at.c.include_inactive, promotion.is_active),
        "is_in_time": and_(has_begun, has_not_ended),
        "is_for_brand": or_(at.c.brand_id.is_(None), for_brand(at.c.brand_id)),
        "is_for_store": or_(at.c.store_id.is_(None), for_store(at.c.store_id)),
    }


def in_order(selected: Any) -> list[Any]:
    """Ordering of the rows of one standpoint: what executes first stands first, so that a limit keeps it."""
    return [selected.c.execution_priority, selected.c.name, selected.c.id]


def for_brand(brand_id: Any) -> ColumnElement[bool]:
    """Whether a promotion is one of this brand: by its scope, and not excluded whatever the scope."""
    promotion = Promotion
    by_scope = or_(
        promotion.scope == "company",
        and_(promotion.scope == "single", promotion.brand_id == brand_id),
        and_(promotion.scope == "brands", _linked("brands", brand_id)),
    )
    return and_(by_scope, ~_linked("exclude_brands", brand_id))


def for_store(store_id: Any) -> ColumnElement[bool]:
    return or_(Promotion.all_stores, _linked("stores", store_id))


def _linked(role: str, target: Any) -> Any:
    """Whether the promotion's set of this name holds the target."""
    return exists().where(
        PromotionLink.tenant_id == Promotion.tenant_id,
        PromotionLink.promotion_id == Promotion.id,
        PromotionLink.role == role,
        PromotionLink.target_id == target,
    )


def _table_of(standpoints: Sequence[Standpoint]) -> TableValuedAlias:
    rows = [
        {
            "n": n,
            "store_id": each.store_id,
            "brand_id": each.brand_id,
            "starts_by": each.window.starts_by,
            "ends_from": each.window.ends_from,
            "include_inactive": each.include_inactive,
        }
        for n, each in enumerate(standpoints)
    ]
    return (
        func.jsonb_to_recordset(bindparam("standpoints", rows, JSONB, unique=True))
        .table_valued(
            column("n", Integer),
            column("store_id", UUID),
            column("brand_id", UUID),
            column("starts_by", Date),
            column("ends_from", Date),
            column("include_inactive", Boolean),
        )
        .render_derived(name="standpoint", with_types=True)
    )
