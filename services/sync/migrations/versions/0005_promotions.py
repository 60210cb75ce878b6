"""Promotions with their sets, tiers and packages, and uploaded uses of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0005"
down_revision = "0004"
ROLES = Roles.of("sync")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
MONEY = sa.Numeric(precision=10, scale=2)
PERCENT = sa.Numeric(precision=5, scale=2)


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("terms_conditions", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("promo_type", sa.Text(), nullable=False),
        sa.Column("apply_to", sa.Text(), server_default=sa.text("'all'"), nullable=False),
        sa.Column("scope", sa.Text(), server_default=sa.text("'company'"), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("all_stores", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("discount_percent", PERCENT, nullable=True),
        sa.Column("discount_amount", MONEY, nullable=True),
        sa.Column("max_discount_amount", MONEY, nullable=True),
        sa.Column("buy_quantity", sa.BigInteger(), nullable=True),
        sa.Column("get_quantity", sa.BigInteger(), nullable=True),
        sa.Column("get_product", sa.Uuid(), nullable=True),
        sa.Column("combo_price", MONEY, nullable=True),
        sa.Column("happy_hour_price", MONEY, nullable=True),
        sa.Column(
            "payment_methods", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("payment_min_amount", MONEY, nullable=True),
        sa.Column("required_product", sa.Uuid(), nullable=True),
        sa.Column("upsell_product", sa.Uuid(), nullable=True),
        sa.Column("upsell_special_price", MONEY, nullable=True),
        sa.Column("upsell_message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "mix_match_rules",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("is_cross_brand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cross_brand_type", sa.Text(), nullable=True),
        sa.Column("trigger_min_amount", MONEY, nullable=True),
        sa.Column(
            "cross_brand_rules",
            postgresql.JSONB(),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("member_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("member_tiers", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("customer_type", sa.Text(), server_default=sa.text("'all'"), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column(
            "valid_days", postgresql.ARRAY(sa.BIGINT()), server_default=sa.text("'{}'::bigint[]"), nullable=False
        ),
        sa.Column("valid_time_start", sa.Time(), nullable=True),
        sa.Column("valid_time_end", sa.Time(), nullable=True),
        sa.Column("exclude_holidays", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("max_uses", sa.BigInteger(), nullable=True),
        sa.Column("max_uses_per_customer", sa.BigInteger(), nullable=True),
        sa.Column("max_uses_per_day", sa.BigInteger(), nullable=True),
        sa.Column("current_uses", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "is_exhausted",
            sa.Boolean(),
            sa.Computed("coalesce(current_uses >= max_uses, false)", persisted=True),
            nullable=False,
        ),
        sa.Column("exhausted_changed_at", TIME, nullable=True),
        sa.Column("min_purchase", MONEY, server_default=sa.text("0.00"), nullable=False),
        sa.Column("min_quantity", sa.BigInteger(), nullable=True),
        sa.Column("min_items", sa.BigInteger(), nullable=True),
        sa.Column("is_stackable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("execution_stage", sa.Text(), server_default=sa.text("'item_level'"), nullable=False),
        sa.Column("execution_priority", sa.BigInteger(), server_default=sa.text("500"), nullable=False),
        sa.Column(
            "sales_channels", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "exclude_channels", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_auto_apply", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("require_voucher", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("show_in_menu", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint(
            "apply_to in ('all', 'category', 'product', 'bill', 'payment')", name=op.f("ck_promotions_apply_to")
        ),
        sa.CheckConstraint(
            "cross_brand_type in ('trigger_benefit', 'multi_brand_spend', 'cross_brand_bundle', "
            "'loyalty_accumulate', 'same_receipt')",
            name=op.f("ck_promotions_cross_brand_type"),
        ),
        sa.CheckConstraint(
            "customer_type in ('all', 'first_order', 'first_per_brand', 'comeback', 'inactive')",
            name=op.f("ck_promotions_customer_type"),
        ),
        sa.CheckConstraint(
            "execution_stage in ('item_level', 'cart_level', 'payment_level')",
            name=op.f("ck_promotions_execution_stage"),
        ),
        sa.CheckConstraint("scope in ('company', 'brands', 'single')", name=op.f("ck_promotions_scope")),
        sa.CheckConstraint("buy_quantity >= 0", name=op.f("ck_promotions_buy_quantity")),
        sa.CheckConstraint("char_length(code) <= 50", name=op.f("ck_promotions_code_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_promotions_name_length")),
        sa.CheckConstraint("combo_price >= 0", name=op.f("ck_promotions_combo_price")),
        sa.CheckConstraint("current_uses >= 0", name=op.f("ck_promotions_current_uses")),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_promotions_discount_amount")),
        sa.CheckConstraint("discount_percent between 0 and 100", name=op.f("ck_promotions_discount_percent")),
        sa.CheckConstraint("end_date >= start_date", name=op.f("ck_promotions_period")),
        sa.CheckConstraint("execution_priority between 1 and 999", name=op.f("ck_promotions_execution_priority")),
        sa.CheckConstraint("get_quantity >= 0", name=op.f("ck_promotions_get_quantity")),
        sa.CheckConstraint("happy_hour_price >= 0", name=op.f("ck_promotions_happy_hour_price")),
        sa.CheckConstraint("max_discount_amount >= 0", name=op.f("ck_promotions_max_discount_amount")),
        sa.CheckConstraint("max_uses >= 0", name=op.f("ck_promotions_max_uses")),
        sa.CheckConstraint("max_uses_per_customer >= 0", name=op.f("ck_promotions_max_uses_per_customer")),
        sa.CheckConstraint("max_uses_per_day >= 0", name=op.f("ck_promotions_max_uses_per_day")),
        sa.CheckConstraint("min_items >= 0", name=op.f("ck_promotions_min_items")),
        sa.CheckConstraint("min_purchase >= 0", name=op.f("ck_promotions_min_purchase")),
        sa.CheckConstraint("min_quantity >= 0", name=op.f("ck_promotions_min_quantity")),
        sa.CheckConstraint("payment_min_amount >= 0", name=op.f("ck_promotions_payment_min_amount")),
        sa.CheckConstraint("trigger_min_amount >= 0", name=op.f("ck_promotions_trigger_min_amount")),
        sa.CheckConstraint("upsell_special_price >= 0", name=op.f("ck_promotions_upsell_special_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"], name=op.f("fk_promotions_tenant_id_brand_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "get_product"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_promotions_tenant_id_get_product"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "required_product"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_promotions_tenant_id_required_product"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "upsell_product"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_promotions_tenant_id_upsell_product"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promotions")),
    )
    op.create_index("ix_promotions_changed", "promotions", ["tenant_id", "updated_at"], unique=False)
    op.create_index(
        "uq_promotions_code",
        "promotions",
        ["tenant_id", "code"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "promotion_links",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column(
            "brand_id",
            sa.UUID(),
            sa.Computed(
                "case when role in ('brands', 'exclude_brands', 'trigger_brands', 'benefit_brands') then target_id end",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "store_id",
            sa.UUID(),
            sa.Computed("case when role in ('stores') then target_id end", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "category_id",
            sa.UUID(),
            sa.Computed("case when role in ('categories', 'exclude_categories') then target_id end", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "product_id",
            sa.UUID(),
            sa.Computed(
                "case when role in ('products', 'exclude_products', 'combo_products') then target_id end",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "other_promotion_id",
            sa.UUID(),
            sa.Computed("case when role in ('cannot_combine_with') then target_id end", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "role in ('brands', 'exclude_brands', 'trigger_brands', 'benefit_brands', 'stores', "
            "'categories', 'exclude_categories', 'products', 'exclude_products', 'combo_products', "
            "'cannot_combine_with')",
            name=op.f("ck_promotion_links_role"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brands.tenant_id", "brands.id"],
            name=op.f("fk_promotion_links_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["menu_categories.tenant_id", "menu_categories.id"],
            name=op.f("fk_promotion_links_tenant_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "other_promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_promotion_links_tenant_id_other_promotion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_promotion_links_tenant_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_promotion_links_tenant_id_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_promotion_links_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "promotion_id", "role", "target_id", name=op.f("pk_promotion_links")),
    )
    op.create_index("ix_promotion_links_target", "promotion_links", ["tenant_id", "target_id", "role"], unique=False)
    op.create_table(
        "promotion_packages",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("package_name", sa.Text(), nullable=False),
        sa.Column("package_sku", sa.Text(collation="C"), nullable=False),
        sa.Column("package_price", MONEY, nullable=False),
        sa.Column("allow_modification", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("min_items", sa.BigInteger(), nullable=True),
        sa.Column("max_items", sa.BigInteger(), nullable=True),
        sa.Column("deduction_strategy", sa.Text(), server_default=sa.text("'fixed_only'"), nullable=False),
        sa.CheckConstraint(
            "deduction_strategy in ('fixed_only', 'selected_only', 'all_components')",
            name=op.f("ck_promotion_packages_deduction_strategy"),
        ),
        sa.CheckConstraint("char_length(package_name) <= 200", name=op.f("ck_promotion_packages_package_name_length")),
        sa.CheckConstraint("char_length(package_sku) <= 50", name=op.f("ck_promotion_packages_package_sku_length")),
        sa.CheckConstraint("max_items >= 0", name=op.f("ck_promotion_packages_max_items")),
        sa.CheckConstraint("min_items >= 0", name=op.f("ck_promotion_packages_min_items")),
        sa.CheckConstraint("package_price >= 0", name=op.f("ck_promotion_packages_package_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_promotion_packages_tenant_id_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "promotion_id", name=op.f("pk_promotion_packages")),
        sa.UniqueConstraint("tenant_id", "package_sku", name=op.f("uq_promotion_packages_tenant_id_package_sku")),
    )
    op.create_table(
        "promotion_tiers",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("tier_order", sa.BigInteger(), nullable=False),
        sa.Column("tier_name", sa.Text(), nullable=False),
        sa.Column("min_amount", MONEY, nullable=False),
        sa.Column("max_amount", MONEY, nullable=True),
        sa.Column("discount_type", sa.Text(), nullable=False),
        sa.Column("discount_value", MONEY, server_default=sa.text("0.00"), nullable=False),
        sa.Column("free_product", sa.Uuid(), nullable=True),
        sa.Column("points_multiplier", MONEY, server_default=sa.text("1.00"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "discount_type in ('percent', 'amount', 'free_product', 'points_multiplier')",
            name=op.f("ck_promotion_tiers_discount_type"),
        ),
        sa.CheckConstraint("char_length(tier_name) <= 200", name=op.f("ck_promotion_tiers_tier_name_length")),
        sa.CheckConstraint("discount_value >= 0", name=op.f("ck_promotion_tiers_discount_value")),
        sa.CheckConstraint("max_amount >= 0", name=op.f("ck_promotion_tiers_max_amount")),
        sa.CheckConstraint("min_amount >= 0", name=op.f("ck_promotion_tiers_min_amount")),
        sa.CheckConstraint("points_multiplier >= 0", name=op.f("ck_promotion_tiers_points_multiplier")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "free_product"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_promotion_tiers_tenant_id_free_product"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_promotion_tiers_tenant_id_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "promotion_id", "tier_order", name=op.f("pk_promotion_tiers")),
    )
    op.create_table(
        "promotion_usages",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("bill_id", sa.Text(collation="C"), nullable=False),
        sa.Column("discount_amount", MONEY, nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("clock_suspect", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("char_length(bill_id) <= 100", name=op.f("ck_promotion_usages_bill_id_length")),
        sa.CheckConstraint("char_length(customer_id) <= 100", name=op.f("ck_promotion_usages_customer_id_length")),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_promotion_usages_discount_amount")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_promotion_usages_tenant_id_promotion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_promotion_usages_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promotion_usages")),
        sa.UniqueConstraint(
            "tenant_id",
            "store_id",
            "bill_id",
            "promotion_id",
            name=op.f("uq_promotion_usages_tenant_id_store_id_bill_id_promotion_id"),
        ),
    )
    op.create_index(
        "ix_promotion_usages_promotion", "promotion_usages", ["tenant_id", "promotion_id", "id"], unique=False
    )
    op.create_table(
        "promotion_package_items",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("product", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Uuid(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("min_selection", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_selection", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("upsell_price", MONEY, server_default=sa.text("0.00"), nullable=False),
        sa.CheckConstraint(
            "case item_type when 'fixed' then product is not null and category is null else category is not "
            "null and product is null end",
            name=op.f("ck_promotion_package_items_target"),
        ),
        sa.CheckConstraint("item_type in ('fixed', 'choice')", name=op.f("ck_promotion_package_items_item_type")),
        sa.CheckConstraint("max_selection >= 0", name=op.f("ck_promotion_package_items_max_selection")),
        sa.CheckConstraint("min_selection >= 0", name=op.f("ck_promotion_package_items_min_selection")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_promotion_package_items_quantity")),
        sa.CheckConstraint("upsell_price >= 0", name=op.f("ck_promotion_package_items_upsell_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category"],
            ["menu_categories.tenant_id", "menu_categories.id"],
            name=op.f("fk_promotion_package_items_tenant_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product"],
            ["menu_products.tenant_id", "menu_products.id"],
            name=op.f("fk_promotion_package_items_tenant_id_product"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotion_packages.tenant_id", "promotion_packages.promotion_id"],
            name=op.f("fk_promotion_package_items_tenant_id_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "promotion_id", "sort_order", name=op.f("pk_promotion_package_items")),
    )
    secure("promotion_links", roles=ROLES)
    secure("promotion_package_items", roles=ROLES)
    secure("promotion_packages", roles=ROLES)
    secure("promotion_tiers", roles=ROLES)
    secure("promotion_usages", roles=ROLES)
    secure("promotions", roles=ROLES)


def downgrade() -> None:
    op.drop_table("promotion_package_items")
    op.drop_table("promotion_usages")
    op.drop_table("promotion_tiers")
    op.drop_table("promotion_packages")
    op.drop_table("promotion_links")
    op.drop_table("promotions")
