"""What must hold between the rows that promotions refer to, and what may not be given up while they do."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from services.sync.models import (
    Brand,
    MenuCategory,
    MenuProduct,
    Modifier,
    ModifierOption,
    ProductModifier,
    Promotion,
    PromotionLink,
    PromotionPackageItem,
    PromotionTier,
    Store,
    StoreTable,
    TableArea,
    TableGroup,
)
from shared import editing
from shared.errors import AlreadyExists, InUse, Invalid, UnknownReference
from shared.tenancy import tenant_of

Values = dict[str, Any]
Check = Callable[[Session, Any, Values], Values]

# Column to the model that it names a row of.
REFERENCES: Final[Mapping[type[Any], Mapping[str, type[Any]]]] = {
    Brand: {},
    Store: {"brand_id": Brand},
    MenuCategory: {"brand_id": Brand, "parent_id": MenuCategory},
    MenuProduct: {"brand_id": Brand, "category_id": MenuCategory},
    Modifier: {"brand_id": Brand},
    ModifierOption: {"modifier_id": Modifier},
    ProductModifier: {"product_id": MenuProduct, "modifier_id": Modifier},
    TableArea: {"store_id": Store},
    StoreTable: {"area_id": TableArea},
    TableGroup: {"store_id": Store},
}
# What keeps a row in use as long as it lives: the model and its column.
DEPENDANTS: Final[Mapping[type[Any], tuple[tuple[type[Any], str], ...]]] = {
    Brand: ((Store, "brand_id"), (MenuCategory, "brand_id"), (MenuProduct, "brand_id")),
    MenuCategory: ((MenuProduct, "category_id"), (MenuCategory, "parent_id")),
    TableArea: ((StoreTable, "area_id"),),
}


def check_of(model: type[Any]) -> Check:
    """The check of a new (row None) or changed row: its id is fixed, what it names exists."""
    references = REFERENCES[model]

    def check(session: Session, row: Any, values: Values) -> Values:
        refuse_new_id(session, model, row, values)
        for column, target in references.items():
            if column in values:
                editing.demand_reference(session, target, values[column], f"/{column}")
        if model is MenuCategory:
            _demand_no_circle(session, row, values.get("parent_id"))
        if model is TableGroup and "tables" in values:
            values["tables"] = _tables_of_store(session, values.get("store_id") or row.store_id, values["tables"])
        return values

    return check


def refuse_new_id(session: Session, model: type[Any], row: Any, values: Values) -> None:
    """Raises Invalid for another id than the row has, AlreadyExists for one that a new row cannot have any more."""
    given = values.get("id")
    if row is not None:
        if values.pop("id", row.id) != row.id:
            raise Invalid.field("/id", "read_only", "The id of a row cannot be changed.")
    elif given is not None and session.get(model, (tenant_of(session), given)) is not None:
        raise AlreadyExists("There is, or was, a row with this id.")


def release(session: Session, row: Any) -> None:
    """Raises InUse while an active promotion refers to the row, or living rows stand below it."""
    model = type(row)
    for dependant, column in DEPENDANTS.get(model, ()):
        if session.scalar(select(exists().where(getattr(dependant, column) == row.id, dependant.deleted_at.is_(None)))):
            raise InUse("Something that is not deleted belongs to this.")
    if session.scalar(select(_referring_promotion(model, row.id))):
        raise InUse("An active promotion refers to this.")


def _referring_promotion(model: type[Any], row_id: uuid.UUID) -> Any:
    link, tier, item = PromotionLink, PromotionTier, PromotionPackageItem
    ways: list[ColumnElement[bool]] = [exists().where(_of_promotion(link), link.target_id == row_id)]
    if model is Brand:
        ways.append(Promotion.brand_id == row_id)
    if model is MenuProduct:
        named = (Promotion.get_product, Promotion.required_product, Promotion.upsell_product)
        ways += [column == row_id for column in named]
        ways.append(exists().where(_of_promotion(tier), tier.free_product == row_id))
        ways.append(exists().where(_of_promotion(item), item.product == row_id))
    if model is MenuCategory:
        ways.append(exists().where(_of_promotion(item), item.category == row_id))
        ways.append(Promotion.mix_match_rules["category_id"].astext == str(row_id))
    return exists(select(Promotion.id).where(Promotion.is_active, Promotion.deleted_at.is_(None), or_(*ways)))


def _of_promotion(model: Any) -> Any:
    return and_(model.tenant_id == Promotion.tenant_id, model.promotion_id == Promotion.id)


def _demand_no_circle(session: Session, row: Any, parent_id: uuid.UUID | None) -> None:
    if parent_id is None or row is None:
        return
    table = MenuCategory.__table__
    chain = select(table.c.id, table.c.parent_id).where(table.c.id == parent_id).cte("chain", recursive=True)
    chain = chain.union(select(table.c.id, table.c.parent_id).join(chain, table.c.id == chain.c.parent_id))
    if session.scalar(select(chain.c.id).where(chain.c.id == row.id)) is not None:
        raise Invalid.field("/parent_id", "circular_reference", "The parent stands below this category.")


def _tables_of_store(session: Session, store_id: uuid.UUID, wanted: list[uuid.UUID]) -> list[uuid.UUID]:
    found = set(
        session.scalars(
            select(StoreTable.id)
            .join(TableArea, and_(TableArea.tenant_id == StoreTable.tenant_id, TableArea.id == StoreTable.area_id))
            .where(TableArea.store_id == store_id, StoreTable.id.in_(wanted), StoreTable.deleted_at.is_(None))
        )
    )
    for place, each in enumerate(wanted):
        if each not in found:
            raise UnknownReference(f"/tables/{place}", f"There is no table {each} in this store.")
    return sorted(found)
