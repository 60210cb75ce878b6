"""The lists that stores are sent beside promotions: which rows, in which form, and what counts as changed."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Select, Text, and_, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.sync.domain.promotions.canonical import instant
from services.sync.models import (
    Brand,
    MenuCategory,
    MenuProduct,
    Modifier,
    ModifierOption,
    ProductModifier,
    Store,
    StoreTable,
    TableArea,
    TableGroup,
    Tenant,
)
from services.sync.queries.edges.standing import Standing

Needs = Literal["nothing", "company", "store"]
Rows = Callable[[Standing], Select[Any]]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EdgeList:
    """One list. `rows` selects what is sent, in order, with `changed_at`; `touched` the ids, sent or not, of what
    changed at or after a time; `complete` adds to a row what only the standing knows."""

    name: str
    needs: Needs
    rows: Rows
    touched: Callable[[datetime], Select[Any]]
    complete: Callable[[Standing, Row], Row] = field(default=lambda _standing, row: row)

    @property
    def path(self) -> str:
        return self.name.replace("_", "-")


def rows_of(session: Session, listed: EdgeList, standing: Standing) -> list[Row]:
    """The rows as they are sent: amounts and ids as text, times in UTC."""
    found = session.execute(listed.rows(standing)).mappings()
    company = str(standing.company.tenant_id)
    return [listed.complete(standing, _written(row, company)) for row in found]


def touched_ids(session: Session, listed: EdgeList, since: datetime) -> set[str]:
    return {str(each) for each in session.scalars(listed.touched(since))}


def _written(row: Any, company: str) -> Row:
    written = {name: _plain(value) for name, value in row.items()}
    return written | ({"company_id": company} if "brand_id" in written or "code" in written else {})


def _plain(value: Any) -> Any:
    match value:
        case Decimal() | uuid.UUID():
            return str(value)
        case datetime():
            return instant(value)
        case list():
            return [_plain(each) for each in value]
    return value


def _columns(model: Any, names: str) -> list[Any]:
    return [getattr(model, name) for name in names.split()]


TIMES = "created_at updated_at"


def _companies(standing: Standing) -> Select[Any]:
    names = f"code name is_active point_expiry_months points_per_currency {TIMES}"
    own = Tenant.tenant_id == standing.company.tenant_id
    return select(Tenant.tenant_id.label("id"), Tenant.time_zone.label("timezone"), *_columns(Tenant, names)).where(own)


def _brands(standing: Standing) -> Select[Any]:
    names = f"id code name address phone tax_id tax_rate service_charge point_expiry_months_override is_active {TIMES}"
    own = func.coalesce(Brand.point_expiry_months_override, standing.company.point_expiry_months)
    only = [Brand.id == standing.brand.id] if standing.brand is not None else []
    return (
        select(*_columns(Brand, names), own.label("point_expiry_months"))
        .where(Brand.is_active, Brand.deleted_at.is_(None), *only)
        .order_by(Brand.name, Brand.id)
    )


def _stores(standing: Standing) -> Select[Any]:
    names = f"id brand_id store_code store_name address phone timezone latitude longitude is_active {TIMES}"
    return select(*_columns(Store, names)).where(Store.id == standing.store.id)


def _store_in_zone(standing: Standing, row: Row) -> Row:
    return row | {"timezone": standing.time_zone}


def _of_brand(model: Any, names: str, **more: Any) -> Rows:
    def rows(standing: Standing) -> Select[Any]:
        return (
            select(*_columns(model, f"id brand_id name {names} is_active sort_order {TIMES}"), *more.values())
            .where(model.brand_id == standing.brand.id, model.is_active, model.deleted_at.is_(None))
            .order_by(model.sort_order, model.name, model.id)
        )

    return rows


def _options_of() -> Any:
    """The active options of a modifier, in their order."""
    option = ModifierOption
    shown = func.jsonb_build_object(
        "id", option.id, "name", option.name, "price_adjustment", cast(option.price_adjustment, Text),
        "is_default", option.is_default, "sort_order", option.sort_order,
    )  # fmt: skip
    return (
        select(
            func.coalesce(
                func.jsonb_agg(aggregate_order_by(shown, option.sort_order, option.name, option.id)),
                text("'[]'::jsonb"),
            )
        )
        .where(option.tenant_id == Modifier.tenant_id, option.modifier_id == Modifier.id)
        .where(option.is_active, option.deleted_at.is_(None))
        .correlate(Modifier)
        .scalar_subquery()
        .label("options")
    )


def _modifier_options(standing: Standing) -> Select[Any]:
    option = ModifierOption
    names = f"id modifier_id name price_adjustment is_default is_active sort_order {TIMES}"
    return (
        select(*_columns(option, names))
        .join(Modifier, and_(Modifier.tenant_id == option.tenant_id, Modifier.id == option.modifier_id))
        .where(_living(option, Modifier), Modifier.brand_id == standing.brand.id)
        .order_by(option.sort_order, option.name, option.id)
    )


def _product_modifiers(standing: Standing) -> Select[Any]:
    pair = ProductModifier
    return (
        select(*_columns(pair, f"id product_id modifier_id sort_order {TIMES}"))
        .join(MenuProduct, and_(MenuProduct.tenant_id == pair.tenant_id, MenuProduct.id == pair.product_id))
        .join(Modifier, and_(Modifier.tenant_id == pair.tenant_id, Modifier.id == pair.modifier_id))
        .where(pair.deleted_at.is_(None), _living(MenuProduct, Modifier), MenuProduct.brand_id == standing.brand.id)
        .order_by(pair.sort_order, pair.id)
    )


def _areas(standing: Standing) -> Select[Any]:
    return (
        select(*_columns(TableArea, f"id store_id name sort_order is_active {TIMES}"))
        .where(_living(TableArea), TableArea.store_id == standing.store.id)
        .order_by(TableArea.sort_order, TableArea.name, TableArea.id)
    )


def _tables(standing: Standing) -> Select[Any]:
    table = StoreTable
    return (
        select(*_columns(table, f"id area_id number capacity is_active {TIMES}"))
        .join(TableArea, and_(TableArea.tenant_id == table.tenant_id, TableArea.id == table.area_id))
        .where(_living(table, TableArea), TableArea.store_id == standing.store.id)
        .order_by(TableArea.sort_order, table.number, table.id)
    )


def _groups(standing: Standing) -> Select[Any]:
    return (
        select(*_columns(TableGroup, f"id store_id name tables is_active {TIMES}"))
        .where(_living(TableGroup), TableGroup.store_id == standing.store.id)
        .order_by(TableGroup.name, TableGroup.id)
    )


def _living(*models: Any) -> Any:
    return and_(*(and_(model.is_active, model.deleted_at.is_(None)) for model in models))


def _touched(model: Any, *parents: tuple[Any, str]) -> Callable[[datetime], Select[Any]]:
    """Ids of rows that changed themselves, or of which a parent did (by the column that names it)."""

    def touched(since: datetime) -> Select[Any]:
        conditions: Sequence[Any] = [
            getattr(model, column).in_(select(parent.id).where(parent.updated_at >= since))
            for parent, column in parents
        ]
        return select(model.id).where(or_(model.updated_at >= since, *conditions))

    return touched


def _touched_modifiers(since: datetime) -> Select[Any]:
    changed = select(ModifierOption.modifier_id).where(ModifierOption.updated_at >= since)
    return select(Modifier.id).where(or_(Modifier.updated_at >= since, Modifier.id.in_(changed)))


def _touched_company(since: datetime) -> Select[Any]:
    return select(Tenant.tenant_id).where(Tenant.updated_at >= since)


LISTS = (
    EdgeList("companies", "nothing", _companies, _touched_company),
    EdgeList("brands", "company", _brands, _touched(Brand)),
    EdgeList("stores", "store", _stores, _touched(Store), _store_in_zone),
    EdgeList("categories", "store", _of_brand(MenuCategory, "parent_id"), _touched(MenuCategory)),
    EdgeList(
        "products", "store", _of_brand(MenuProduct, "category_id sku description price cost"), _touched(MenuProduct)
    ),
    EdgeList(
        "modifiers",
        "store",
        _of_brand(Modifier, "is_required max_selections", options=_options_of()),
        _touched_modifiers,
    ),
    EdgeList("modifier_options", "store", _modifier_options, _touched(ModifierOption, (Modifier, "modifier_id"))),
    EdgeList(
        "product_modifiers",
        "store",
        _product_modifiers,
        _touched(ProductModifier, (MenuProduct, "product_id"), (Modifier, "modifier_id")),
    ),
    EdgeList("table_areas", "store", _areas, _touched(TableArea)),
    EdgeList("tables", "store", _tables, _touched(StoreTable, (TableArea, "area_id"))),
    EdgeList("table_groups", "store", _groups, _touched(TableGroup)),
)
