"""What stores have been sent, and the servers in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0007"
down_revision = "0006"
ROLES = Roles.of("sync")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "edge_manifests",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("checksums", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("errors", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("used_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("cardinality(ids) = cardinality(checksums)", name=op.f("ck_edge_manifests_pairs")),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_edge_manifests")),
    )
    op.create_index("ix_edge_manifests_used", "edge_manifests", ["tenant_id", "used_at"], unique=False)
    op.create_table(
        "edge_objects",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "checksum", name=op.f("pk_edge_objects")),
    )
    op.create_table(
        "edge_signing_keys",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "key_id", name=op.f("pk_edge_signing_keys")),
    )
    op.create_table(
        "edge_versions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed_at", TIME, server_default=NOW, nullable=False),
        sa.Column("changed_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("dates", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_edge_versions")),
    )
    op.create_table(
        "sync_log",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("called_at", TIME, server_default=NOW, nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("sent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seconds", sa.DOUBLE_PRECISION(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sync_log")),
    )
    op.create_index("ix_sync_log_age", "sync_log", ["tenant_id", "called_at"], unique=False)
    op.create_index("ix_sync_log_store", "sync_log", ["tenant_id", "store_id", "id"], unique=False)
    op.create_table(
        "edge_servers",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.Text(), server_default=sa.text("'ed25519'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.CheckConstraint("signature in ('ed25519', 'hmac-sha256')", name=op.f("ck_edge_servers_signature")),
        sa.CheckConstraint("char_length(url) <= 2000", name=op.f("ck_edge_servers_url_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_edge_servers_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_edge_servers")),
    )
    op.create_index(
        "uq_edge_servers_store",
        "edge_servers",
        ["tenant_id", "store_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "edge_states",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("built_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "brand_id"], ["brands.tenant_id", "brands.id"], name=op.f("fk_edge_states_tenant_id_brand_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"], ["stores.tenant_id", "stores.id"], name=op.f("fk_edge_states_tenant_id_store_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "store_id", "brand_id", "list", name=op.f("pk_edge_states")),
    )
    op.create_table(
        "promotion_compilations",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_exhausted", sa.Boolean(), nullable=False),
        sa.Column("compiler_version", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=True),
        sa.Column(
            "error",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "promotion_id"],
            ["promotions.tenant_id", "promotions.id"],
            name=op.f("fk_promotion_compilations_tenant_id_promotion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "promotion_id", name=op.f("pk_promotion_compilations")),
    )
    op.create_table(
        "edge_contacts",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", TIME, server_default=NOW, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("manifest", sa.Text(), nullable=True),
        sa.Column("forced", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_edge_contacts_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "store_id", name=op.f("pk_edge_contacts")),
    )
    secure("edge_contacts", roles=ROLES)
    secure("edge_manifests", roles=ROLES)
    secure("edge_objects", roles=ROLES)
    secure("edge_servers", roles=ROLES)
    secure("edge_signing_keys", roles=ROLES)
    secure("edge_states", roles=ROLES)
    secure("edge_versions", roles=ROLES)
    secure("promotion_compilations", roles=ROLES)
    secure("sync_log", roles=ROLES)


def downgrade() -> None:
    op.drop_table("edge_contacts")
    op.drop_table("promotion_compilations")
    op.drop_table("edge_states")
    op.drop_table("edge_servers")
    op.drop_table("sync_log")
    op.drop_table("edge_versions")
    op.drop_table("edge_signing_keys")
    op.drop_table("edge_objects")
    op.drop_table("edge_manifests")
