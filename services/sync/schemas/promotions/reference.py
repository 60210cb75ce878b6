"""The company, its brands and stores, what they sell and where their guests sit, in JSON."""

import marshmallow as ma

from services.sync.models.promotions.reference import PRINTER_TARGETS
from services.sync.schemas.promotions.fields import (
    Amount,
    Body,
    Count,
    Flag,
    Id,
    Ids,
    KeptArgs,
    KeptSchema,
    Text,
    Word,
    read_only,
    zone,
)

ACTIVE = "Whether stores get to see it."
SORTING = "Where it stands among its kind; ties by name."
PERCENT = "100.00"


class CompanySchema(Body):
    """The tenant, as its stores see it."""

    id = Id("The company's id: the tenant's.", dump_only=True, attribute="tenant_id")
    company_id = Id("The same, where a caller names it.", load_only=True)
    code = Text(20, example="WARUNG", least=1, required=True, about="Short name.")
    name = Text(200, example="Warung Makmur", least=1, required=True, about="What people call it.")
    timezone = zone("Where its days begin.", attribute="time_zone")
    is_active = Flag("Off: no store is served.")
    point_expiry_months = Count(0, 1200, example=12, about="Months until points expire; 0: never.")
    points_per_currency = Amount(example="1.00", about="Points for each unit of money.")
    version = Count(0, 2**63 - 1, example=3, about="In a request: the version that was read.")
    created_at = read_only(ma.fields.DateTime, "2026-11-20T08:00:00Z", "When it was made.")
    updated_at = read_only(ma.fields.DateTime, "2026-11-21T09:30:00Z", "When it was last changed.")


class BrandSchema(KeptSchema):
    code = Text(20, example="SOTO", least=1, required=True, about="Short name, unique.")
    name = Text(200, example="Soto Corner", least=1, required=True, about="What people call it.")
    address = Text(1000, example="Jl. Melati 5", about="Where it is.")
    phone = Text(50, example="+62 21 555", about="How to reach it.")
    tax_id = Text(50, example="01.234.567.8", about="As on receipts.")
    tax_rate = Amount(example="11.00", most=PERCENT, about="Per cent.")
    service_charge = Amount(example="5.00", most=PERCENT, about="Per cent.")
    point_expiry_months_override = Count(
        0, 1200, example=6, allow_none=True, about="Months until points expire; null: the company's."
    )
    point_expiry_months = read_only(ma.fields.Integer, 12, "What counts: the override, else the company's.")
    is_active = Flag(ACTIVE)


class StoreSchema(KeptSchema):
    brand_id = Id("The brand that it belongs to.", required=True)
    store_code = Text(20, example="S2", least=1, required=True, about="Short name, unique.")
    store_name = Text(200, example="Station", least=1, required=True, about="What people call it.")
    address = Text(1000, example="Jl. Stasiun 1", about="Where it is.")
    phone = Text(50, example="+62 21 556", about="How to reach it.")
    timezone = zone("Where its days begin; null: the company's.", allow_none=True)
    latitude = Amount(example="-6.200000", least="-90", most="90", places=6, allow_none=True, about="Degrees north.")
    longitude = Amount(example="106.816666", least="-180", most="180", places=6, allow_none=True, about="Degrees east.")
    is_active = Flag(ACTIVE)


class MenuCategorySchema(KeptSchema):
    brand_id = Id("The brand that it belongs to.", required=True)
    name = Text(200, example="Soups", least=1, required=True, about="What people call it.")
    parent_id = Id("The category that it is part of; null: none.", allow_none=True)
    sort_order = Count(-(10**6), 10**6, about=SORTING)
    icon = Text(100, example="bowl", about="Name of an icon.")
    is_active = Flag(ACTIVE)


class MenuProductSchema(KeptSchema):
    brand_id = Id("The brand that sells it.", required=True)
    category_id = Id("Where it stands in the menu.", required=True)
    name = Text(200, example="Chicken soto", least=1, required=True, about="What people call it.")
    sku = Text(50, example="SOTO-01", least=1, required=True, about="Its number.")
    description = Text(5000, example="With rice.", about="What it is.")
    price = Amount(example="25000.00", required=True, about="What it costs.")
    cost = Amount(example="9000.00", allow_none=True, about="What it costs us.")
    printer_target = Word(*PRINTER_TARGETS, about="Where orders are printed.")
    track_stock = Flag("Whether stock is counted.", example=False)
    stock_quantity = Count(-(10**9), 10**9, example=0, about="How many there are.")
    sort_order = Count(-(10**6), 10**6, about=SORTING)
    is_active = Flag(ACTIVE)


class ModifierSchema(KeptSchema):
    brand_id = Id("The brand that offers it.", required=True)
    name = Text(200, example="Size", least=1, required=True, about="What people call it.")
    is_required = Flag("Whether one has to be chosen.", example=False)
    max_selections = Count(0, 1000, about="How many may be chosen.")
    sort_order = Count(-(10**6), 10**6, about=SORTING)
    is_active = Flag(ACTIVE)


class ModifierOptionSchema(KeptSchema):
    modifier_id = Id("The modifier that it is a choice of.", required=True)
    name = Text(200, example="Large", least=1, required=True, about="What people call it.")
    price_adjustment = Amount(example="5000.00", least="-99999999.99", about="Added to the price.")
    is_default = Flag("Chosen unless another is.", example=False)
    sort_order = Count(-(10**6), 10**6, about=SORTING)
    is_active = Flag(ACTIVE)


class ProductModifierSchema(KeptSchema):
    product_id = Id("The product.", required=True)
    modifier_id = Id("The modifier that goes with it.", required=True)
    sort_order = Count(-(10**6), 10**6, about=SORTING)


class TableAreaSchema(KeptSchema):
    store_id = Id("The store.", required=True)
    name = Text(200, example="Terrace", least=1, required=True, about="What people call it.")
    sort_order = Count(-(10**6), 10**6, about=SORTING)
    is_active = Flag(ACTIVE)


class StoreTableSchema(KeptSchema):
    area_id = Id("The area in which it stands.", required=True)
    number = Text(20, example="12", least=1, required=True, about="What stands on it.")
    capacity = Count(0, 1000, example=4, about="Guests.")
    is_active = Flag(ACTIVE)


class TableGroupSchema(KeptSchema):
    store_id = Id("The store.", required=True)
    name = Text(200, example="Long table", least=1, required=True, about="What people call it.")
    tables = Ids("Tables of the store that stand together.", most=200)
    is_active = Flag(ACTIVE)


class BrandArgs(KeptArgs):
    code = ma.fields.String()
    is_active = ma.fields.Boolean()


class StoreArgs(KeptArgs):
    brand_id = Id("Of this brand.")
    store_code = ma.fields.String()
    is_active = ma.fields.Boolean()


class OfBrandArgs(KeptArgs):
    brand_id = Id("Of this brand.")
    is_active = ma.fields.Boolean()


class MenuProductArgs(OfBrandArgs):
    category_id = Id("Of this category.")
    sku = ma.fields.String()


class ModifierOptionArgs(KeptArgs):
    modifier_id = Id("Of this modifier.")
    is_active = ma.fields.Boolean()


class ProductModifierArgs(KeptArgs):
    product_id = Id("Of this product.")
    modifier_id = Id("Of this modifier.")


class OfStoreArgs(KeptArgs):
    store_id = Id("Of this store.")
    is_active = ma.fields.Boolean()


class StoreTableArgs(KeptArgs):
    area_id = Id("Of this area.")
    is_active = ma.fields.Boolean()
