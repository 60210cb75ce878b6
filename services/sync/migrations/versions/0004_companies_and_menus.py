"""Companies, and what promotions refer to: brands, stores, what they sell, where guests sit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0004"
down_revision = "0003"
ROLES = Roles.of("sync")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
MONEY = sa.Numeric(precision=10, scale=2)
PERCENT = sa.Numeric(precision=5, scale=2)


def upgrade() -> None:
    op.create_table(
        "brands",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("tax_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("tax_rate", PERCENT, server_default=sa.text("11.00"), nullable=False),
        sa.Column("service_charge", PERCENT, server_default=sa.text("5.00"), nullable=False),
        sa.Column("point_expiry_months_override", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(code) <= 20", name=op.f("ck_brands_code_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_brands_name_length")),
        sa.CheckConstraint("point_expiry_months_override >= 0", name=op.f("ck_brands_point_expiry_months_override")),
        sa.CheckConstraint("service_charge between 0 and 100", name=op.f("ck_brands_service_charge")),
        sa.CheckConstraint("tax_rate between 0 and 100", name=op.f("ck_brands_tax_rate")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_brands")),
    )
    op.create_index(
        "uq_brands_code", "brands", ["tenant_id", "code"], unique=True, postgresql_where=sa.text("deleted_at is null")
    )
    op.create_table(
        "menu_categories",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("icon", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(icon) <= 100", name=op.f("ck_menu_categories_icon_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_menu_categories_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brands.tenant_id", "brands.id"],
            name=op.f("fk_menu_categories_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["menu_categories.tenant_id", "menu_categories.id"],
            name=op.f("fk_menu_categories_tenant_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_menu_categories")),
    )
    op.create_table(
        "modifiers",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("is_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("max_selections", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_modifiers_name_length")),
        sa.CheckConstraint("max_selections >= 0", name=op.f("ck_modifiers_max_selections")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"], name=op.f("fk_modifiers_tenant_id_brand_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_modifiers")),
    )
    op.create_table(
        "stores",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_code", sa.Text(collation="C"), nullable=False),
        sa.Column("store_name", sa.Text(collation="C"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(store_code) <= 20", name=op.f("ck_stores_store_code_length")),
        sa.CheckConstraint("char_length(store_name) <= 200", name=op.f("ck_stores_store_name_length")),
        sa.CheckConstraint("latitude between -90 and 90", name=op.f("ck_stores_latitude")),
        sa.CheckConstraint("longitude between -180 and 180", name=op.f("ck_stores_longitude")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"], name=op.f("fk_stores_tenant_id_brand_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stores")),
    )
    op.create_index(
        "uq_stores_store_code",
        "stores",
        ["tenant_id", "store_code"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "menu_products",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("price", MONEY, nullable=False),
        sa.Column("cost", MONEY, nullable=True),
        sa.Column("printer_target", sa.Text(), server_default=sa.text("'kitchen'"), nullable=False),
        sa.Column("track_stock", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("stock_quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint(
            "printer_target in ('kitchen', 'bar', 'dessert')", name=op.f("ck_menu_products_printer_target")
        ),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_menu_products_name_length")),
        sa.CheckConstraint("char_length(sku) <= 50", name=op.f("ck_menu_products_sku_length")),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_menu_products_cost")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_menu_products_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brands.tenant_id", "brands.id"],
            name=op.f("fk_menu_products_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["menu_categories.tenant_id", "menu_categories.id"],
            name=op.f("fk_menu_products_tenant_id_category_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_menu_products")),
    )
    op.create_index(
        "uq_menu_products_sku",
        "menu_products",
        ["tenant_id", "brand_id", "category_id", "name", "sku"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "modifier_options",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("modifier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("price_adjustment", MONEY, server_default=sa.text("0.00"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_modifier_options_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "modifier_id"],
            ["modifiers.tenant_id", "modifiers.id"],
            name=op.f("fk_modifier_options_tenant_id_modifier_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_modifier_options")),
    )
    op.create_table(
        "table_areas",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_table_areas_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"], ["stores.tenant_id", "stores.id"], name=op.f("fk_table_areas_tenant_id_store_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_table_areas")),
    )
    op.create_table(
        "table_groups",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("tables", postgresql.ARRAY(sa.UUID()), server_default=sa.text("'{}'::uuid[]"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_table_groups_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_table_groups_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_table_groups")),
    )
    op.create_table(
        "product_modifiers",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("modifier_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "modifier_id"],
            ["modifiers.tenant_id", "modifiers.id"],
            name=op.f("fk_product_modifiers_tenant_id_modifier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_product_modifiers_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_product_modifiers")),
    )
    op.create_index(
        "uq_product_modifiers_pair",
        "product_modifiers",
        ["tenant_id", "product_id", "modifier_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "store_tables",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("capacity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_store_tables_capacity")),
        sa.CheckConstraint("char_length(number) <= 20", name=op.f("ck_store_tables_number_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "area_id"],
            ["table_areas.tenant_id", "table_areas.id"],
            name=op.f("fk_store_tables_tenant_id_area_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_store_tables")),
    )
    op.create_index(
        "uq_store_tables_number",
        "store_tables",
        ["tenant_id", "area_id", "number"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.add_column("tenants", sa.Column("code", sa.Text(collation="C"), nullable=True))
    op.add_column("tenants", sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column(
        "tenants", sa.Column("point_expiry_months", sa.BigInteger(), server_default=sa.text("12"), nullable=False)
    )
    op.add_column(
        "tenants",
        sa.Column("points_per_currency", MONEY, server_default=sa.text("1.00"), nullable=False),
    )
    op.create_check_constraint(op.f("ck_tenants_code_length"), "tenants", "char_length(code) <= 20")
    op.create_check_constraint(op.f("ck_tenants_point_expiry_months"), "tenants", "point_expiry_months >= 0")
    op.create_check_constraint(op.f("ck_tenants_points_per_currency"), "tenants", "points_per_currency >= 0")
    secure("brands", roles=ROLES)
    secure("menu_categories", roles=ROLES)
    secure("menu_products", roles=ROLES)
    secure("modifier_options", roles=ROLES)
    secure("modifiers", roles=ROLES)
    secure("product_modifiers", roles=ROLES)
    secure("store_tables", roles=ROLES)
    secure("stores", roles=ROLES)
    secure("table_areas", roles=ROLES)
    secure("table_groups", roles=ROLES)


def downgrade() -> None:
    op.drop_table("store_tables")
    op.drop_table("product_modifiers")
    op.drop_table("table_groups")
    op.drop_table("table_areas")
    op.drop_table("modifier_options")
    op.drop_table("menu_products")
    op.drop_table("stores")
    op.drop_table("modifiers")
    op.drop_table("menu_categories")
    op.drop_table("brands")
    for column in ("code", "is_active", "point_expiry_months", "points_per_currency"):
        op.drop_column("tenants", column)
