"""Brands, stores, what they sell, where their guests sit: plain resources."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

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
)
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.reference import check_of, release
from services.sync.schemas.promotions import reference as schemas
from shared.listing import ListArgs
from shared.resources import Plain, register

blueprint = Blueprint("references", __name__, description="What promotions refer to.")


def _plain(
    path: str, model: type[Any], schema: type[ma.Schema], args: type[ListArgs], *, named: str = "name", **options: Any
) -> Plain:
    """Filters are the query names that are columns; what is no column of the row is left out."""
    own = [name for name in args().fields if name not in ListArgs().fields and name != "company_id"]
    ordered = [name for name in (named, "sort_order") if hasattr(model, name)]
    return Plain(
        path,
        model,
        schema,
        args,
        view="promotion.view",
        manage="reference.manage",
        filters={name: getattr(model, name) for name in own},
        orderings={name: getattr(model, name) for name in ordered},
        default=named,
        check=check_of(model),
        release=release,
        **options,
    )


def _effective_points(session: Any, brand: Brand) -> dict[str, Any]:
    own = brand.point_expiry_months_override
    return {"point_expiry_months": own_tenant(session).point_expiry_months if own is None else own}


RESOURCES = (
    _plain("brands", Brand, schemas.BrandSchema, schemas.BrandArgs, more=_effective_points),
    _plain("stores", Store, schemas.StoreSchema, schemas.StoreArgs, named="store_code"),
    _plain("categories", MenuCategory, schemas.MenuCategorySchema, schemas.OfBrandArgs),
    _plain("products", MenuProduct, schemas.MenuProductSchema, schemas.MenuProductArgs),
    _plain("modifiers", Modifier, schemas.ModifierSchema, schemas.OfBrandArgs),
    _plain("modifier-options", ModifierOption, schemas.ModifierOptionSchema, schemas.ModifierOptionArgs),
    _plain(
        "product-modifiers", ProductModifier, schemas.ProductModifierSchema, schemas.ProductModifierArgs,
        named="sort_order",
    ),
    _plain("table-areas", TableArea, schemas.TableAreaSchema, schemas.OfStoreArgs),
    _plain("tables", StoreTable, schemas.StoreTableSchema, schemas.StoreTableArgs, named="number"),
    _plain("table-groups", TableGroup, schemas.TableGroupSchema, schemas.OfStoreArgs),
)  # fmt: skip
for resource in RESOURCES:
    register(blueprint, resource)
