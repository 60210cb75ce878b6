"""The catalogue: what pipelines load and people correct. Keys of other systems are text.

Each row carries where it came from (see CatalogueRow). A trigger notes when anyone but a loader changes it.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.sync.models.rows import Base
from shared.auditing.classification import INTERNAL, PERSONAL
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique
from shared.versioning import Versioned

MONEY, MEASURE, RATE = Numeric(14, 2), Numeric(14, 3), Numeric(7, 3)
FULFILMENTS = ("FULFILLED", "PARTIAL", "PENDING")
RECORD_TYPES = ("INVOICE", "PROPOSAL", "DELIVERY_NOTE", "CREDIT_NOTE", "ORDER_CONFIRMATION")
RESERVATIONS = ("RESERVED", "ALLOCATED", "AVAILABLE")


class CatalogueRow(Row, Versioned):
    """Bookkeeping of a row. `content_hash` is of the mapped values of the source version seen last; the row counts as
    edited since the last load while `edited_at` is later than `loaded_at`."""

    source_pipeline: Mapped[str | None] = mapped_column(Name, sort_order=80, info=INTERNAL)
    content_hash: Mapped[uuid.UUID | None] = mapped_column(UUID, sort_order=81, info=INTERNAL)
    source_changed_at: Mapped[datetime | None] = mapped_column(sort_order=82, info=INTERNAL)
    loaded_at: Mapped[datetime | None] = mapped_column(sort_order=83, info=INTERNAL)
    created_run_id: Mapped[uuid.UUID | None] = mapped_column(UUID, sort_order=84, info=INTERNAL)
    edited_at: Mapped[datetime | None] = mapped_column(sort_order=85, info=INTERNAL)
    edited_by: Mapped[str | None] = mapped_column(sort_order=86, info=PERSONAL)
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=87, info=INTERNAL)
    is_placeholder: Mapped[bool] = mapped_column(server_default=text("false"), sort_order=88, info=INTERNAL)


def of_pipeline(table: str) -> Index:
    """Finds the live rows of a pipeline, for deletes."""
    return Index(f"ix_{table}_pipeline", "tenant_id", "source_pipeline", postgresql_where=text("deleted_at is null"))


def by(table: str, *columns: str) -> list[Index]:
    """Of the rows that have a value: nobody looks for the others, and each load of a row would pay for them."""
    return [
        Index(f"ix_{table}_{column}", "tenant_id", column, postgresql_where=text(f"{column} is not null"))
        for column in columns
    ]


def parent(table: str, column: str) -> ForeignKeyConstraint:
    return belongs_to(table, column)


class Category(CatalogueRow, Base):
    __tablename__ = "catalogue_category"
    __table_args__ = (
        unique("legacy_id"),
        parent("catalogue_category", "parent_id"),
        *by(__tablename__, "parent_id"),
        of_pipeline(__tablename__),
        at_most("legacy_id", 200),
        at_most("name", 500),
    )

    legacy_id: Mapped[str] = mapped_column(Name)
    name: Mapped[str | None]
    parent_id: Mapped[int | None]


class _Article(CatalogueRow):
    """What products and variants have in common."""

    sku: Mapped[str] = mapped_column(Name)
    base_sku: Mapped[str | None] = mapped_column(Name)
    legacy_id: Mapped[str | None] = mapped_column(Name)
    name: Mapped[str | None]
    name_en: Mapped[str | None]
    description: Mapped[str | None]
    description_en: Mapped[str | None]
    weight: Mapped[Decimal | None] = mapped_column(MEASURE)
    category_id: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    retail_price: Mapped[Decimal | None] = mapped_column(MONEY)
    retail_unit: Mapped[str | None]
    wholesale_price: Mapped[Decimal | None] = mapped_column(MONEY)


def _article_limits(table: str) -> tuple[object, ...]:
    return (
        unique("sku"),
        parent("catalogue_category", "category_id"),
        *by(table, "base_sku", "legacy_id", "category_id"),
        of_pipeline(table),
        *(at_most(column, 200) for column in ("sku", "base_sku", "legacy_id", "retail_unit")),
        *(at_most(column, 500) for column in ("name", "name_en")),
        *(at_most(column, 10_000) for column in ("description", "description_en")),
    )


class Product(_Article, Base):
    __tablename__ = "catalogue_product"
    __table_args__ = _article_limits(__tablename__)


class Variant(_Article, Base):
    __tablename__ = "catalogue_variant"
    __table_args__ = (
        *_article_limits(__tablename__),
        parent("catalogue_product", "product_id"),
        *by(__tablename__, "product_id"),
        at_most("variant_code", 200),
        at_most("legacy_parent_id", 200),
    )

    variant_code: Mapped[str | None]
    product_id: Mapped[int | None]
    legacy_parent_id: Mapped[str | None] = mapped_column(Name)


class Customer(CatalogueRow, Base):
    __tablename__ = "catalogue_customer"
    __table_args__ = (
        unique("number"),
        *by(__tablename__, "legacy_id", "address_number"),
        of_pipeline(__tablename__),
        *(at_most(column, 200) for column in ("number", "legacy_id", "address_number")),
        *(at_most(column, 200) for column in ("customer_group", "price_group", "vat_id")),
        *(at_most(column, 200) for column in ("payment_method", "shipping_method")),
        at_most("name", 500),
    )

    number: Mapped[str] = mapped_column(Name)
    legacy_id: Mapped[str | None] = mapped_column(Name)
    address_number: Mapped[str | None] = mapped_column(Name)
    name: Mapped[str | None]
    customer_group: Mapped[str | None]
    price_group: Mapped[str | None]
    vat_id: Mapped[str | None]
    payment_method: Mapped[str | None]
    shipping_method: Mapped[str | None]
    credit_limit: Mapped[Decimal | None] = mapped_column(MONEY)
    discount: Mapped[Decimal | None] = mapped_column(RATE)
    discount_days: Mapped[int | None]
    net_days: Mapped[int | None]
    delivery_block: Mapped[bool | None]


class Address(CatalogueRow, Base):
    __tablename__ = "catalogue_address"
    __table_args__ = (
        unique("legacy_id"),
        parent("catalogue_customer", "customer_id"),
        *by(__tablename__, "customer_id"),
        of_pipeline(__tablename__),
        at_most("legacy_id", 200),
        at_most("legacy_address_number", 200),
        *(at_most(column, 500) for column in ("name", "street", "city", "email")),
        *(at_most(column, 100) for column in ("postal_code", "country", "phone")),
    )

    legacy_id: Mapped[str] = mapped_column(Name)
    legacy_address_number: Mapped[str | None] = mapped_column(Name)
    customer_id: Mapped[int | None]
    name: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]


class Employee(CatalogueRow, Base):
    __tablename__ = "catalogue_employee"
    __table_args__ = (
        unique("number"),
        of_pipeline(__tablename__),
        at_most("number", 200),
        *(at_most(column, 500) for column in ("first_name", "last_name", "email")),
    )

    number: Mapped[str] = mapped_column(Name)
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    birth_date: Mapped[date | None]
    email: Mapped[str | None]
    annual_salary: Mapped[Decimal | None] = mapped_column(MONEY)
    monthly_salary: Mapped[Decimal | None] = mapped_column(MONEY)


class Location(CatalogueRow, Base):
    __tablename__ = "catalogue_location"
    __table_args__ = (
        unique("legacy_id"),
        of_pipeline(__tablename__),
        at_most("legacy_id", 200),
        at_most("name", 500),
    )

    legacy_id: Mapped[str] = mapped_column(Name)
    name: Mapped[str | None]


class BoxType(CatalogueRow, Base):
    __tablename__ = "catalogue_box_type"
    __table_args__ = (
        unique("legacy_id"),
        of_pipeline(__tablename__),
        at_most("legacy_id", 200),
        at_most("name", 500),
    )

    legacy_id: Mapped[str] = mapped_column(Name)
    name: Mapped[str | None]
    length_cm: Mapped[Decimal | None] = mapped_column(MEASURE)
    width_cm: Mapped[Decimal | None] = mapped_column(MEASURE)
    height_cm: Mapped[Decimal | None] = mapped_column(MEASURE)
    weight_kg: Mapped[Decimal | None] = mapped_column(MEASURE)


class StorageItem(CatalogueRow, Base):
    __tablename__ = "catalogue_storage_item"
    __table_args__ = (
        unique("legacy_id"),
        parent("catalogue_product", "product_id"),
        parent("catalogue_location", "location_id"),
        parent("catalogue_box_type", "box_type_id"),
        *by(__tablename__, "product_id", "location_id", "box_type_id"),
        of_pipeline(__tablename__),
        one_of("status", *RESERVATIONS),
        at_most("legacy_id", 200),
    )

    legacy_id: Mapped[str] = mapped_column(Name)
    product_id: Mapped[int | None]
    location_id: Mapped[int | None]
    box_type_id: Mapped[int | None]
    quantity: Mapped[int | None]
    status: Mapped[str | None]


class SalesRecord(CatalogueRow, Base):
    __tablename__ = "catalogue_sales_record"
    __table_args__ = (
        unique("legacy_id"),
        parent("catalogue_customer", "customer_id"),
        *by(__tablename__, "customer_id"),
        of_pipeline(__tablename__),
        one_of("record_type", *RECORD_TYPES),
        at_most("legacy_id", 200),
        at_most("currency", 3),
    )

    legacy_id: Mapped[str] = mapped_column(Name)
    record_type: Mapped[str | None]
    customer_id: Mapped[int | None]
    record_date: Mapped[date | None]
    due_date: Mapped[date | None]
    currency: Mapped[str | None]
    total: Mapped[Decimal | None] = mapped_column(MONEY)


class SalesLine(CatalogueRow, Base):
    __tablename__ = "catalogue_sales_line"
    __table_args__ = (
        unique("line_key"),
        parent("catalogue_sales_record", "sales_record_id"),
        parent("catalogue_product", "product_id"),
        parent("catalogue_variant", "variant_id"),
        *by(__tablename__, "sales_record_id", "product_id", "variant_id"),
        of_pipeline(__tablename__),
        one_of("fulfilment", *FULFILMENTS),
        at_most("line_key", 400),
    )

    line_key: Mapped[str] = mapped_column(Name)
    sales_record_id: Mapped[int | None]
    product_id: Mapped[int | None]
    variant_id: Mapped[int | None]
    quantity: Mapped[Decimal | None] = mapped_column(MEASURE)
    delivered: Mapped[Decimal | None] = mapped_column(MEASURE)
    unit_price: Mapped[Decimal | None] = mapped_column(MONEY)
    tax_rate: Mapped[Decimal | None] = mapped_column(RATE)
    fulfilment: Mapped[str | None]


CATALOGUE: tuple[type[CatalogueRow], ...] = (
    Category,
    Product,
    Variant,
    Customer,
    Address,
    Employee,
    Location,
    BoxType,
    StorageItem,
    SalesRecord,
    SalesLine,
)
