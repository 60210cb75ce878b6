"""What promotions refer to: brands and stores, what they sell, and where their guests sit."""

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Numeric, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.promotions.kept import (
    PERCENT,
    Amount,
    Loadable,
    MaybeAmount,
    Switched,
    between,
    flag,
    money,
    not_negative,
    numbered,
    unique_living,
    whole,
    wording,
)
from services.sync.models.rows import Base
from shared.db import Name
from shared.rows import at_most, belongs_to, one_of

PRINTER_TARGETS = ("kitchen", "bar", "dessert")
DEGREES = Numeric(9, 6)


class Brand(Switched, Base):
    """`point_expiry_months_override` null: the company's."""

    __tablename__ = "brands"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        unique_living("uq_brands_code", "code"),
        at_most("code", 20),
        at_most("name", 200),
        between("tax_rate", 0, 100),
        between("service_charge", 0, 100),
        not_negative("point_expiry_months_override"),
    )

    code: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    address: Mapped[str] = wording()
    phone: Mapped[str] = wording()
    tax_id: Mapped[str] = wording()
    tax_rate: Amount = mapped_column(PERCENT, server_default=text("11.00"))
    service_charge: Amount = mapped_column(PERCENT, server_default=text("5.00"))
    point_expiry_months_override: Mapped[int | None]
    is_active: Mapped[bool] = flag(True)


class Store(Switched, Base):
    """`timezone` null: the company's."""

    __tablename__ = "stores"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        belongs_to("brands", "brand_id"),
        unique_living("uq_stores_store_code", "store_code"),
        at_most("store_code", 20),
        at_most("store_name", 200),
        between("latitude", -90, 90),
        between("longitude", -180, 180),
    )

    brand_id: Mapped[uuid.UUID]
    store_code: Mapped[str] = mapped_column(Name)
    store_name: Mapped[str] = mapped_column(Name)
    address: Mapped[str] = wording()
    phone: Mapped[str] = wording()
    timezone: Mapped[str | None]
    latitude: Mapped[Decimal | None] = mapped_column(DEGREES)
    longitude: Mapped[Decimal | None] = mapped_column(DEGREES)
    is_active: Mapped[bool] = flag(True)


class MenuCategory(Loadable, Base):
    __tablename__ = "menu_categories"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        belongs_to("brands", "brand_id"),
        belongs_to("menu_categories", "parent_id"),
        at_most("name", 200),
        at_most("icon", 100),
    )

    brand_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    parent_id: Mapped[uuid.UUID | None]
    sort_order: Mapped[int] = whole(0)
    icon: Mapped[str] = wording()
    is_active: Mapped[bool] = flag(True)


class MenuProduct(Loadable, Base):
    __tablename__ = "menu_products"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        belongs_to("brands", "brand_id"),
        belongs_to("menu_categories", "category_id"),
        unique_living("uq_menu_products_sku", "brand_id", "category_id", "name", "sku"),
        at_most("name", 200),
        at_most("sku", 50),
        not_negative("price"),
        not_negative("cost"),
        one_of("printer_target", *PRINTER_TARGETS),
    )

    brand_id: Mapped[uuid.UUID]
    category_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    sku: Mapped[str] = mapped_column(Name)
    description: Mapped[str] = wording()
    price: Amount = money()
    cost: MaybeAmount = money()
    printer_target: Mapped[str] = mapped_column(server_default=text("'kitchen'"))
    track_stock: Mapped[bool] = flag(False)
    stock_quantity: Mapped[int] = whole(0)
    sort_order: Mapped[int] = whole(0)
    is_active: Mapped[bool] = flag(True)


class Modifier(Loadable, Base):
    """A choice that goes with products: "size", "extra shot"."""

    __tablename__ = "modifiers"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        belongs_to("brands", "brand_id"),
        at_most("name", 200),
        not_negative("max_selections"),
    )

    brand_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    is_required: Mapped[bool] = flag(False)
    max_selections: Mapped[int] = whole(1)
    sort_order: Mapped[int] = whole(0)
    is_active: Mapped[bool] = flag(True)


class ModifierOption(Loadable, Base):
    __tablename__ = "modifier_options"
    __personal__: ClassVar = ""
    __table_args__: Any = (numbered(__tablename__), belongs_to("modifiers", "modifier_id"), at_most("name", 200))

    modifier_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    price_adjustment: Amount = money("0.00")
    is_default: Mapped[bool] = flag(False)
    sort_order: Mapped[int] = whole(0)
    is_active: Mapped[bool] = flag(True)


class ProductModifier(Loadable, Base):
    """Which modifier goes with which product."""

    __tablename__ = "product_modifiers"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        belongs_to("menu_products", "product_id"),
        belongs_to("modifiers", "modifier_id"),
        unique_living("uq_product_modifiers_pair", "product_id", "modifier_id"),
    )

    product_id: Mapped[uuid.UUID]
    modifier_id: Mapped[uuid.UUID]
    sort_order: Mapped[int] = whole(0)


class TableArea(Loadable, Base):
    """A room or a terrace of a store."""

    __tablename__ = "table_areas"
    __personal__: ClassVar = ""
    __table_args__: Any = (numbered(__tablename__), belongs_to("stores", "store_id"), at_most("name", 200))

    store_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    sort_order: Mapped[int] = whole(0)
    is_active: Mapped[bool] = flag(True)


class StoreTable(Loadable, Base):
    """A table at which guests sit."""

    __tablename__ = "store_tables"
    __personal__: ClassVar = ""
    __table_args__: Any = (
        numbered(__tablename__),
        belongs_to("table_areas", "area_id"),
        unique_living("uq_store_tables_number", "area_id", "number"),
        at_most("number", 20),
        not_negative("capacity"),
    )

    area_id: Mapped[uuid.UUID]
    number: Mapped[str] = mapped_column(Name)
    capacity: Mapped[int] = whole(0)
    is_active: Mapped[bool] = flag(True)


class TableGroup(Loadable, Base):
    """Tables that are pushed together."""

    __tablename__ = "table_groups"
    __personal__: ClassVar = ""
    __table_args__: Any = (numbered(__tablename__), belongs_to("stores", "store_id"), at_most("name", 200))

    store_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    tables: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID), server_default=text("'{}'::uuid[]"))
    is_active: Mapped[bool] = flag(True)
