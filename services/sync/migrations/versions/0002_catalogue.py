"""The catalogue: tables that pipelines load, and a trigger that tells people's edits from loads."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0002"
down_revision = "0001"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
CODE = sa.Text(collation="C")
MONEY, MEASURE, RATE = sa.Numeric(14, 2), sa.Numeric(14, 3), sa.Numeric(7, 3)
TABLES = (
    "catalogue_box_type",
    "catalogue_category",
    "catalogue_customer",
    "catalogue_employee",
    "catalogue_location",
    "catalogue_address",
    "catalogue_product",
    "catalogue_sales_record",
    "catalogue_storage_item",
    "catalogue_variant",
    "catalogue_sales_line",
)
# A loader says so by `app.loading`; whoever does not is a person, named by `app.actor`.
NOTE_EDIT = """
create function note_edit() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    bookkeeping constant text[] := array['tenant_id', 'id', 'version', 'source_pipeline', 'content_hash',
        'source_changed_at', 'loaded_at', 'created_run_id', 'edited_at', 'edited_by', 'deleted_at', 'is_placeholder',
        'created_at', 'updated_at', 'created_by'];
begin
    if tg_op = 'INSERT' or (to_jsonb(new) - bookkeeping) is distinct from (to_jsonb(old) - bookkeeping) then
        new.edited_at := clock_timestamp();
        new.edited_by := coalesce(nullif(current_setting('app.actor', true), ''), session_user);
    end if;
    return new;
end
$$"""


def key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    )


def bookkeeping() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("source_pipeline", CODE),
        sa.Column("content_hash", sa.UUID()),
        sa.Column("source_changed_at", sa.DateTime(timezone=True)),
        sa.Column("loaded_at", sa.DateTime(timezone=True)),
        sa.Column("created_run_id", sa.UUID()),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("edited_by", sa.Text()),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("is_placeholder", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text()),
    )


def upgrade() -> None:
    op.create_table(
        "catalogue_box_type",
        *key(),
        sa.Column("legacy_id", CODE, nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("length_cm", MEASURE),
        sa.Column("width_cm", MEASURE),
        sa.Column("height_cm", MEASURE),
        sa.Column("weight_kg", MEASURE),
        *bookkeeping(),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_box_type_legacy_id_length")),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_box_type_name_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_box_type")),
        sa.UniqueConstraint("tenant_id", "legacy_id", name=op.f("uq_catalogue_box_type_tenant_id_legacy_id")),
    )
    op.create_index(
        "ix_catalogue_box_type_pipeline",
        "catalogue_box_type",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_category",
        *key(),
        sa.Column("legacy_id", CODE, nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("parent_id", sa.BigInteger()),
        *bookkeeping(),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_category_legacy_id_length")),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_category_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["catalogue_category.tenant_id", "catalogue_category.id"],
            name=op.f("fk_catalogue_category_tenant_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_category")),
        sa.UniqueConstraint("tenant_id", "legacy_id", name=op.f("uq_catalogue_category_tenant_id_legacy_id")),
    )
    op.create_index("ix_catalogue_category_parent_id", "catalogue_category", ["tenant_id", "parent_id"])
    op.create_index(
        "ix_catalogue_category_pipeline",
        "catalogue_category",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_customer",
        *key(),
        sa.Column("number", CODE, nullable=False),
        sa.Column("legacy_id", CODE),
        sa.Column("address_number", CODE),
        sa.Column("name", sa.Text()),
        sa.Column("customer_group", sa.Text()),
        sa.Column("price_group", sa.Text()),
        sa.Column("vat_id", sa.Text()),
        sa.Column("payment_method", sa.Text()),
        sa.Column("shipping_method", sa.Text()),
        sa.Column("credit_limit", MONEY),
        sa.Column("discount", RATE),
        sa.Column("discount_days", sa.BigInteger()),
        sa.Column("net_days", sa.BigInteger()),
        sa.Column("delivery_block", sa.Boolean()),
        *bookkeeping(),
        sa.CheckConstraint(
            "char_length(address_number) <= 200", name=op.f("ck_catalogue_customer_address_number_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_group) <= 200", name=op.f("ck_catalogue_customer_customer_group_length")
        ),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_customer_legacy_id_length")),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_customer_name_length")),
        sa.CheckConstraint("char_length(number) <= 200", name=op.f("ck_catalogue_customer_number_length")),
        sa.CheckConstraint(
            "char_length(payment_method) <= 200", name=op.f("ck_catalogue_customer_payment_method_length")
        ),
        sa.CheckConstraint("char_length(price_group) <= 200", name=op.f("ck_catalogue_customer_price_group_length")),
        sa.CheckConstraint(
            "char_length(shipping_method) <= 200", name=op.f("ck_catalogue_customer_shipping_method_length")
        ),
        sa.CheckConstraint("char_length(vat_id) <= 200", name=op.f("ck_catalogue_customer_vat_id_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_customer")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_catalogue_customer_tenant_id_number")),
    )
    op.create_index("ix_catalogue_customer_address_number", "catalogue_customer", ["tenant_id", "address_number"])
    op.create_index("ix_catalogue_customer_legacy_id", "catalogue_customer", ["tenant_id", "legacy_id"])
    op.create_index(
        "ix_catalogue_customer_pipeline",
        "catalogue_customer",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_employee",
        *key(),
        sa.Column("number", CODE, nullable=False),
        sa.Column("first_name", sa.Text()),
        sa.Column("last_name", sa.Text()),
        sa.Column("birth_date", sa.Date()),
        sa.Column("email", sa.Text()),
        sa.Column("annual_salary", MONEY),
        sa.Column("monthly_salary", MONEY),
        *bookkeeping(),
        sa.CheckConstraint("char_length(email) <= 500", name=op.f("ck_catalogue_employee_email_length")),
        sa.CheckConstraint("char_length(first_name) <= 500", name=op.f("ck_catalogue_employee_first_name_length")),
        sa.CheckConstraint("char_length(last_name) <= 500", name=op.f("ck_catalogue_employee_last_name_length")),
        sa.CheckConstraint("char_length(number) <= 200", name=op.f("ck_catalogue_employee_number_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_employee")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_catalogue_employee_tenant_id_number")),
    )
    op.create_index(
        "ix_catalogue_employee_pipeline",
        "catalogue_employee",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_location",
        *key(),
        sa.Column("legacy_id", CODE, nullable=False),
        sa.Column("name", sa.Text()),
        *bookkeeping(),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_location_legacy_id_length")),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_location_name_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_location")),
        sa.UniqueConstraint("tenant_id", "legacy_id", name=op.f("uq_catalogue_location_tenant_id_legacy_id")),
    )
    op.create_index(
        "ix_catalogue_location_pipeline",
        "catalogue_location",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_address",
        *key(),
        sa.Column("legacy_id", CODE, nullable=False),
        sa.Column("legacy_address_number", CODE),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("name", sa.Text()),
        sa.Column("street", sa.Text()),
        sa.Column("postal_code", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        *bookkeeping(),
        sa.CheckConstraint("char_length(city) <= 500", name=op.f("ck_catalogue_address_city_length")),
        sa.CheckConstraint("char_length(country) <= 100", name=op.f("ck_catalogue_address_country_length")),
        sa.CheckConstraint("char_length(email) <= 500", name=op.f("ck_catalogue_address_email_length")),
        sa.CheckConstraint(
            "char_length(legacy_address_number) <= 200", name=op.f("ck_catalogue_address_legacy_address_number_length")
        ),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_address_legacy_id_length")),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_address_name_length")),
        sa.CheckConstraint("char_length(phone) <= 100", name=op.f("ck_catalogue_address_phone_length")),
        sa.CheckConstraint("char_length(postal_code) <= 100", name=op.f("ck_catalogue_address_postal_code_length")),
        sa.CheckConstraint("char_length(street) <= 500", name=op.f("ck_catalogue_address_street_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["catalogue_customer.tenant_id", "catalogue_customer.id"],
            name=op.f("fk_catalogue_address_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_address")),
        sa.UniqueConstraint("tenant_id", "legacy_id", name=op.f("uq_catalogue_address_tenant_id_legacy_id")),
    )
    op.create_index("ix_catalogue_address_customer_id", "catalogue_address", ["tenant_id", "customer_id"])
    op.create_index(
        "ix_catalogue_address_pipeline",
        "catalogue_address",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_product",
        *key(),
        sa.Column("sku", CODE, nullable=False),
        sa.Column("base_sku", CODE),
        sa.Column("legacy_id", CODE),
        sa.Column("name", sa.Text()),
        sa.Column("name_en", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("description_en", sa.Text()),
        sa.Column("weight", MEASURE),
        sa.Column("category_id", sa.BigInteger()),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("retail_price", MONEY),
        sa.Column("retail_unit", sa.Text()),
        sa.Column("wholesale_price", MONEY),
        *bookkeeping(),
        sa.CheckConstraint("char_length(base_sku) <= 200", name=op.f("ck_catalogue_product_base_sku_length")),
        sa.CheckConstraint("char_length(description) <= 10000", name=op.f("ck_catalogue_product_description_length")),
        sa.CheckConstraint(
            "char_length(description_en) <= 10000", name=op.f("ck_catalogue_product_description_en_length")
        ),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_product_legacy_id_length")),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_product_name_length")),
        sa.CheckConstraint("char_length(name_en) <= 500", name=op.f("ck_catalogue_product_name_en_length")),
        sa.CheckConstraint("char_length(retail_unit) <= 200", name=op.f("ck_catalogue_product_retail_unit_length")),
        sa.CheckConstraint("char_length(sku) <= 200", name=op.f("ck_catalogue_product_sku_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["catalogue_category.tenant_id", "catalogue_category.id"],
            name=op.f("fk_catalogue_product_tenant_id_category_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_product")),
        sa.UniqueConstraint("tenant_id", "sku", name=op.f("uq_catalogue_product_tenant_id_sku")),
    )
    op.create_index("ix_catalogue_product_base_sku", "catalogue_product", ["tenant_id", "base_sku"])
    op.create_index("ix_catalogue_product_category_id", "catalogue_product", ["tenant_id", "category_id"])
    op.create_index("ix_catalogue_product_legacy_id", "catalogue_product", ["tenant_id", "legacy_id"])
    op.create_index(
        "ix_catalogue_product_pipeline",
        "catalogue_product",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_sales_record",
        *key(),
        sa.Column("legacy_id", CODE, nullable=False),
        sa.Column("record_type", sa.Text()),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("record_date", sa.Date()),
        sa.Column("due_date", sa.Date()),
        sa.Column("currency", sa.Text()),
        sa.Column("total", MONEY),
        *bookkeeping(),
        sa.CheckConstraint(
            "record_type in ('INVOICE', 'PROPOSAL', 'DELIVERY_NOTE', 'CREDIT_NOTE', 'ORDER_CONFIRMATION')",
            name=op.f("ck_catalogue_sales_record_record_type"),
        ),
        sa.CheckConstraint("char_length(currency) <= 3", name=op.f("ck_catalogue_sales_record_currency_length")),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_sales_record_legacy_id_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["catalogue_customer.tenant_id", "catalogue_customer.id"],
            name=op.f("fk_catalogue_sales_record_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_sales_record")),
        sa.UniqueConstraint("tenant_id", "legacy_id", name=op.f("uq_catalogue_sales_record_tenant_id_legacy_id")),
    )
    op.create_index("ix_catalogue_sales_record_customer_id", "catalogue_sales_record", ["tenant_id", "customer_id"])
    op.create_index(
        "ix_catalogue_sales_record_pipeline",
        "catalogue_sales_record",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "catalogue_storage_item",
        *key(),
        sa.Column("legacy_id", CODE, nullable=False),
        sa.Column("product_id", sa.BigInteger()),
        sa.Column("location_id", sa.BigInteger()),
        sa.Column("box_type_id", sa.BigInteger()),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("status", sa.Text()),
        *bookkeeping(),
        sa.CheckConstraint(
            "status in ('RESERVED', 'ALLOCATED', 'AVAILABLE')", name=op.f("ck_catalogue_storage_item_status")
        ),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_storage_item_legacy_id_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "box_type_id"],
            ["catalogue_box_type.tenant_id", "catalogue_box_type.id"],
            name=op.f("fk_catalogue_storage_item_tenant_id_box_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "location_id"],
            ["catalogue_location.tenant_id", "catalogue_location.id"],
            name=op.f("fk_catalogue_storage_item_tenant_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["catalogue_product.tenant_id", "catalogue_product.id"],
            name=op.f("fk_catalogue_storage_item_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_storage_item")),
        sa.UniqueConstraint("tenant_id", "legacy_id", name=op.f("uq_catalogue_storage_item_tenant_id_legacy_id")),
    )
    op.create_index("ix_catalogue_storage_item_box_type_id", "catalogue_storage_item", ["tenant_id", "box_type_id"])
    op.create_index("ix_catalogue_storage_item_location_id", "catalogue_storage_item", ["tenant_id", "location_id"])
    op.create_index(
        "ix_catalogue_storage_item_pipeline",
        "catalogue_storage_item",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_catalogue_storage_item_product_id", "catalogue_storage_item", ["tenant_id", "product_id"])
    op.create_table(
        "catalogue_variant",
        *key(),
        sa.Column("variant_code", sa.Text()),
        sa.Column("product_id", sa.BigInteger()),
        sa.Column("legacy_parent_id", CODE),
        sa.Column("sku", CODE, nullable=False),
        sa.Column("base_sku", CODE),
        sa.Column("legacy_id", CODE),
        sa.Column("name", sa.Text()),
        sa.Column("name_en", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("description_en", sa.Text()),
        sa.Column("weight", MEASURE),
        sa.Column("category_id", sa.BigInteger()),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("retail_price", MONEY),
        sa.Column("retail_unit", sa.Text()),
        sa.Column("wholesale_price", MONEY),
        *bookkeeping(),
        sa.CheckConstraint("char_length(base_sku) <= 200", name=op.f("ck_catalogue_variant_base_sku_length")),
        sa.CheckConstraint("char_length(description) <= 10000", name=op.f("ck_catalogue_variant_description_length")),
        sa.CheckConstraint(
            "char_length(description_en) <= 10000", name=op.f("ck_catalogue_variant_description_en_length")
        ),
        sa.CheckConstraint("char_length(legacy_id) <= 200", name=op.f("ck_catalogue_variant_legacy_id_length")),
        sa.CheckConstraint(
            "char_length(legacy_parent_id) <= 200", name=op.f("ck_catalogue_variant_legacy_parent_id_length")
        ),
        sa.CheckConstraint("char_length(name) <= 500", name=op.f("ck_catalogue_variant_name_length")),
        sa.CheckConstraint("char_length(name_en) <= 500", name=op.f("ck_catalogue_variant_name_en_length")),
        sa.CheckConstraint("char_length(retail_unit) <= 200", name=op.f("ck_catalogue_variant_retail_unit_length")),
        sa.CheckConstraint("char_length(sku) <= 200", name=op.f("ck_catalogue_variant_sku_length")),
        sa.CheckConstraint("char_length(variant_code) <= 200", name=op.f("ck_catalogue_variant_variant_code_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["catalogue_category.tenant_id", "catalogue_category.id"],
            name=op.f("fk_catalogue_variant_tenant_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["catalogue_product.tenant_id", "catalogue_product.id"],
            name=op.f("fk_catalogue_variant_tenant_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_variant")),
        sa.UniqueConstraint("tenant_id", "sku", name=op.f("uq_catalogue_variant_tenant_id_sku")),
    )
    op.create_index("ix_catalogue_variant_base_sku", "catalogue_variant", ["tenant_id", "base_sku"])
    op.create_index("ix_catalogue_variant_category_id", "catalogue_variant", ["tenant_id", "category_id"])
    op.create_index("ix_catalogue_variant_legacy_id", "catalogue_variant", ["tenant_id", "legacy_id"])
    op.create_index(
        "ix_catalogue_variant_pipeline",
        "catalogue_variant",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_catalogue_variant_product_id", "catalogue_variant", ["tenant_id", "product_id"])
    op.create_table(
        "catalogue_sales_line",
        *key(),
        sa.Column("line_key", CODE, nullable=False),
        sa.Column("sales_record_id", sa.BigInteger()),
        sa.Column("product_id", sa.BigInteger()),
        sa.Column("variant_id", sa.BigInteger()),
        sa.Column("quantity", MEASURE),
        sa.Column("delivered", MEASURE),
        sa.Column("unit_price", MONEY),
        sa.Column("tax_rate", RATE),
        sa.Column("fulfilment", sa.Text()),
        *bookkeeping(),
        sa.CheckConstraint(
            "fulfilment in ('FULFILLED', 'PARTIAL', 'PENDING')", name=op.f("ck_catalogue_sales_line_fulfilment")
        ),
        sa.CheckConstraint("char_length(line_key) <= 400", name=op.f("ck_catalogue_sales_line_line_key_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["catalogue_product.tenant_id", "catalogue_product.id"],
            name=op.f("fk_catalogue_sales_line_tenant_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sales_record_id"],
            ["catalogue_sales_record.tenant_id", "catalogue_sales_record.id"],
            name=op.f("fk_catalogue_sales_line_tenant_id_sales_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "variant_id"],
            ["catalogue_variant.tenant_id", "catalogue_variant.id"],
            name=op.f("fk_catalogue_sales_line_tenant_id_variant_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_sales_line")),
        sa.UniqueConstraint("tenant_id", "line_key", name=op.f("uq_catalogue_sales_line_tenant_id_line_key")),
    )
    op.create_index(
        "ix_catalogue_sales_line_pipeline",
        "catalogue_sales_line",
        ["tenant_id", "source_pipeline"],
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_catalogue_sales_line_product_id", "catalogue_sales_line", ["tenant_id", "product_id"])
    op.create_index(
        "ix_catalogue_sales_line_sales_record_id",
        "catalogue_sales_line",
        ["tenant_id", "sales_record_id"],
    )
    op.create_index("ix_catalogue_sales_line_variant_id", "catalogue_sales_line", ["tenant_id", "variant_id"])
    secure("catalogue_box_type", roles=ROLES)
    secure("catalogue_category", roles=ROLES)
    secure("catalogue_customer", roles=ROLES)
    secure("catalogue_employee", roles=ROLES)
    secure("catalogue_location", roles=ROLES)
    secure("catalogue_address", roles=ROLES)
    secure("catalogue_product", roles=ROLES)
    secure("catalogue_sales_record", roles=ROLES)
    secure("catalogue_storage_item", roles=ROLES)
    secure("catalogue_variant", roles=ROLES)
    secure("catalogue_sales_line", roles=ROLES)
    op.execute(NOTE_EDIT)
    for table in TABLES:
        op.execute(
            f"create trigger note_edit before insert or update on {table} for each row"
            " when (coalesce(current_setting('app.loading', true), '') = '') execute function note_edit()"
        )
    # Batches are staged in temporary tables.
    op.execute(
        f"do $$ begin execute format('grant temporary on database %I to \"{ROLES.app}\"', current_database()); end $$"
    )


def downgrade() -> None:
    op.execute(
        "do $$ begin"
        f" execute format('revoke temporary on database %I from \"{ROLES.app}\"', current_database()); end $$"
    )
    op.drop_table("catalogue_sales_line")
    op.drop_table("catalogue_variant")
    op.drop_table("catalogue_storage_item")
    op.drop_table("catalogue_sales_record")
    op.drop_table("catalogue_product")
    op.drop_table("catalogue_address")
    op.drop_table("catalogue_location")
    op.drop_table("catalogue_employee")
    op.drop_table("catalogue_customer")
    op.drop_table("catalogue_category")
    op.drop_table("catalogue_box_type")
    op.execute("drop function note_edit()")
