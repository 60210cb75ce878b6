"""The settings by which stores receive promotions, what overrides them, and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0006"
down_revision = "0005"
ROLES = Roles.of("sync")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "promotion_sync_saves",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("saved_at", TIME, server_default=NOW, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=True),
        sa.Column("saved_by_name", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint("(layer = 'company') = (target_id is null)", name=op.f("ck_promotion_sync_saves_target")),
        sa.CheckConstraint("layer in ('company', 'brand', 'store')", name=op.f("ck_promotion_sync_saves_layer")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promotion_sync_saves")),
    )
    op.create_index("ix_promotion_sync_saves_time", "promotion_sync_saves", ["tenant_id", "saved_at"], unique=False)
    op.create_table(
        "promotion_sync_settings",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("sync_strategy", sa.Text(), server_default=sa.text("'include_future'"), nullable=False),
        sa.Column("future_days", sa.BigInteger(), server_default=sa.text("7"), nullable=False),
        sa.Column("past_days", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("include_inactive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("auto_sync_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("enable_compression", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("sync_interval_hours", sa.BigInteger(), server_default=sa.text("6"), nullable=False),
        sa.Column("max_promotions_per_sync", sa.BigInteger(), server_default=sa.text("100"), nullable=False),
        sa.Column(
            "sync_times", postgresql.ARRAY(postgresql.TIME()), server_default=sa.text("'{}'::time[]"), nullable=False
        ),
        sa.Column("forced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("forced_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "sync_strategy in ('current_only', 'include_future', 'all_active')",
            name=op.f("ck_promotion_sync_settings_sync_strategy"),
        ),
        sa.CheckConstraint("cardinality(sync_times) <= 24", name=op.f("ck_promotion_sync_settings_sync_times")),
        sa.CheckConstraint("future_days between 0 and 90", name=op.f("ck_promotion_sync_settings_future_days")),
        sa.CheckConstraint(
            "max_promotions_per_sync between 10 and 500",
            name=op.f("ck_promotion_sync_settings_max_promotions_per_sync"),
        ),
        sa.CheckConstraint("past_days between 0 and 30", name=op.f("ck_promotion_sync_settings_past_days")),
        sa.CheckConstraint(
            "sync_interval_hours between 1 and 24", name=op.f("ck_promotion_sync_settings_sync_interval_hours")
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_promotion_sync_settings")),
    )
    op.create_table(
        "promotion_sync_overrides",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("sync_strategy", sa.Text(), nullable=True),
        sa.Column("future_days", sa.BigInteger(), nullable=True),
        sa.Column("past_days", sa.BigInteger(), nullable=True),
        sa.Column("include_inactive", sa.Boolean(), nullable=True),
        sa.Column("enable_compression", sa.Boolean(), nullable=True),
        sa.Column("max_promotions_per_sync", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "sync_strategy in ('current_only', 'include_future', 'all_active')",
            name=op.f("ck_promotion_sync_overrides_sync_strategy"),
        ),
        sa.CheckConstraint("future_days between 0 and 90", name=op.f("ck_promotion_sync_overrides_future_days")),
        sa.CheckConstraint(
            "max_promotions_per_sync between 10 and 500",
            name=op.f("ck_promotion_sync_overrides_max_promotions_per_sync"),
        ),
        sa.CheckConstraint("num_nonnulls(brand_id, store_id) = 1", name=op.f("ck_promotion_sync_overrides_target")),
        sa.CheckConstraint("past_days between 0 and 30", name=op.f("ck_promotion_sync_overrides_past_days")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"],
            ["brands.tenant_id", "brands.id"],
            name=op.f("fk_promotion_sync_overrides_tenant_id_brand_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_promotion_sync_overrides_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promotion_sync_overrides")),
        sa.UniqueConstraint("tenant_id", "brand_id", name=op.f("uq_promotion_sync_overrides_tenant_id_brand_id")),
        sa.UniqueConstraint("tenant_id", "store_id", name=op.f("uq_promotion_sync_overrides_tenant_id_store_id")),
    )
    secure("promotion_sync_overrides", roles=ROLES)
    secure("promotion_sync_saves", roles=ROLES)
    secure("promotion_sync_settings", roles=ROLES)


def downgrade() -> None:
    op.drop_table("promotion_sync_overrides")
    op.drop_table("promotion_sync_settings")
    op.drop_table("promotion_sync_saves")
