"""Indexes of the catalogue hold only rows that have a value: the others were never looked for, and cost each load."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
INDEXED = {
    "catalogue_category": ("parent_id",),
    "catalogue_customer": ("address_number", "legacy_id"),
    "catalogue_address": ("customer_id",),
    "catalogue_product": ("base_sku", "category_id", "legacy_id"),
    "catalogue_sales_record": ("customer_id",),
    "catalogue_storage_item": ("box_type_id", "location_id", "product_id"),
    "catalogue_variant": ("base_sku", "category_id", "legacy_id", "product_id"),
    "catalogue_sales_line": ("product_id", "sales_record_id", "variant_id"),
}


def upgrade() -> None:
    _build_anew(lambda column: sa.text(f"{column} is not null"))


def downgrade() -> None:
    _build_anew(lambda _column: None)


def _build_anew(condition: Callable[[str], sa.TextClause | None]) -> None:
    """Each beside the one before, which serves until it is dropped. What an attempt has left is dropped first: it may
    be invalid."""
    with op.get_context().autocommit_block():
        for table, columns in INDEXED.items():
            for column in columns:
                name = f"ix_{table}_{column}"
                op.execute(f"drop index concurrently if exists {name}_new")
                op.create_index(
                    f"{name}_new",
                    table,
                    ["tenant_id", column],
                    postgresql_where=condition(column),
                    postgresql_concurrently=True,
                )
                op.execute(f"drop index concurrently if exists {name}")
                op.execute(f"alter index {name}_new rename to {name}")
