"""The search: words and where they stand, documents of other owners, what was searched for, saved searches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0004"
down_revision = "0003"
ROLES = Roles.of("workflow")


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("entities", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column(
            "filters", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("alert_enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("alert_frequency", sa.Text(), server_default=sa.text("'daily'"), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("next_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alerted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "owner_permissions", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("owner_teams", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "alert_frequency in ('realtime', 'hourly', 'daily', 'weekly')",
            name=op.f("ck_saved_searches_alert_frequency"),
        ),
        sa.CheckConstraint("char_length(description) <= 500", name=op.f("ck_saved_searches_description_length")),
        sa.CheckConstraint("char_length(name) <= 100", name=op.f("ck_saved_searches_name_length")),
        sa.CheckConstraint("char_length(query) <= 500", name=op.f("ck_saved_searches_query_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_searches")),
    )
    op.create_index(
        "ix_saved_searches_alerts",
        "saved_searches",
        ["tenant_id", "next_alert_at"],
        unique=False,
        postgresql_where=sa.text("alert_enabled"),
    )
    op.create_index(
        "ix_saved_searches_owner", "saved_searches", ["tenant_id", "created_by", "created_at"], unique=False
    )
    op.create_table(
        "search_documents",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(collation="C"), nullable=False),
        sa.Column("document_id", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("owner", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_user", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_team", sa.Text(collation="C"), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("required_permission", sa.Text(), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "entity in ('people', 'asset', 'location', 'knowledge', 'report')", name=op.f("ck_search_documents_entity")
        ),
        sa.CheckConstraint("char_length(body) <= 10000", name=op.f("ck_search_documents_body_length")),
        sa.CheckConstraint("char_length(document_id) <= 100", name=op.f("ck_search_documents_document_id_length")),
        sa.CheckConstraint("char_length(subtitle) <= 200", name=op.f("ck_search_documents_subtitle_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_search_documents_title_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint(
            "tenant_id", "entity", "document_id", name=op.f("uq_search_documents_tenant_id_entity_document_id")
        ),
    )
    op.create_table(
        "search_entries",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("entity", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_terms", sa.BigInteger(), nullable=False),
        sa.Column("terms", postgresql.ARRAY(sa.BIGINT()), nullable=False),
        sa.CheckConstraint(
            "entity in ('work_order', 'ticket', 'task', 'tour', 'people', 'asset', 'location', 'knowledge', 'report')",
            name=op.f("ck_search_entries_entity"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "entity", "entity_id", name=op.f("pk_search_entries")),
    )
    op.create_index(
        "ix_search_entries_terms",
        "search_entries",
        ["terms"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "search_queries",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person", sa.Text(collation="C"), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("normalised", sa.Text(collation="C"), nullable=True),
        sa.Column("entities", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_search_queries")),
    )
    op.create_index("ix_search_queries_correlation", "search_queries", ["tenant_id", "correlation_id"], unique=False)
    op.create_index("ix_search_queries_created", "search_queries", ["tenant_id", "created_at"], unique=False)
    op.create_index("ix_search_queries_normalised", "search_queries", ["tenant_id", "normalised"], unique=False)
    op.create_index("ix_search_queries_person", "search_queries", ["tenant_id", "person", "normalised"], unique=False)
    op.create_table(
        "search_words",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("frequency", sa.BigInteger(), nullable=False),
        sa.Column("variants", postgresql.ARRAY(sa.BIGINT()), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "word", name=op.f("pk_search_words")),
    )
    op.create_index(
        "ix_search_words_variants",
        "search_words",
        ["variants"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "reported_items",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("saved_search_id", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "saved_search_id"],
            ["saved_searches.tenant_id", "saved_searches.id"],
            name=op.f("fk_reported_items_tenant_id_saved_search_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "saved_search_id", "entity", "entity_id", name=op.f("pk_reported_items")),
    )
    op.create_table(
        "search_alerts",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("saved_search_id", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(collation="C"), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "saved_search_id"],
            ["saved_searches.tenant_id", "saved_searches.id"],
            name=op.f("fk_search_alerts_tenant_id_saved_search_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_search_alerts")),
    )
    op.create_index("ix_search_alerts_search", "search_alerts", ["tenant_id", "saved_search_id", "id"], unique=False)
    op.create_table(
        "search_clicks",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("query_id", sa.UUID(), nullable=False),
        sa.Column("entity_type", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "entity_type in ('work_order', 'ticket', 'task', 'tour', 'people', 'asset', 'location',"
            " 'knowledge', 'report')",
            name=op.f("ck_search_clicks_entity_type"),
        ),
        sa.CheckConstraint("char_length(entity_id) <= 100", name=op.f("ck_search_clicks_entity_id_length")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_search_clicks_position")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "query_id"],
            ["search_queries.tenant_id", "search_queries.id"],
            name=op.f("fk_search_clicks_tenant_id_query_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_search_clicks")),
    )
    op.create_index("ix_search_clicks_query", "search_clicks", ["tenant_id", "query_id"], unique=False)
    secure("search_entries", roles=ROLES)
    secure("search_words", roles=ROLES)
    secure("search_documents", roles=ROLES)
    secure("search_queries", roles=ROLES, app="select, insert, delete")
    secure("search_clicks", roles=ROLES, app="select, insert, delete")
    secure("saved_searches", roles=ROLES)
    secure("search_alerts", roles=ROLES, app="select, insert, delete")
    secure("reported_items", roles=ROLES, app="select, insert, delete")


def downgrade() -> None:
    op.drop_table("search_clicks")
    op.drop_table("search_alerts")
    op.drop_table("reported_items")
    op.drop_table("search_words")
    op.drop_table("search_queries")
    op.drop_table("search_entries")
    op.drop_table("search_documents")
    op.drop_table("saved_searches")
