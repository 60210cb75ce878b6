"""Pipelines with their versions and states, runs, and what runs put aside."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0003"
down_revision = "0002"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
CODE = sa.Text(collation="C")
EMPTY_OBJECT, EMPTY_LIST = sa.text("'{}'::jsonb"), sa.text("'[]'::jsonb")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conflicts",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pipeline", CODE, nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("table_name", CODE, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("source_hash", sa.UUID(), nullable=False),
        sa.Column("source_values", postgresql.JSONB(), nullable=False),
        sa.Column("target_values", postgresql.JSONB(), nullable=False),
        sa.Column("target_version", sa.BigInteger(), nullable=False),
        sa.Column("source_changed_at", TIME),
        sa.Column("target_edited_at", TIME),
        sa.Column("target_edited_by", sa.Text()),
        sa.Column("strategy", sa.Text(), server_default="manual", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("resolution", sa.Text()),
        sa.Column("resolved_values", postgresql.JSONB()),
        sa.Column("resolved_by", sa.Text()),
        sa.Column("resolved_at", TIME),
        sa.Column("approval_asked_at", TIME),
        sa.Column("approval_id", sa.BigInteger()),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.CheckConstraint("resolution in ('source', 'target', 'merged')", name=op.f("ck_conflicts_resolution")),
        sa.CheckConstraint("status in ('open', 'resolved', 'obsolete')", name=op.f("ck_conflicts_status")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_conflicts")),
    )
    op.create_index("ix_conflicts_status", "conflicts", ["tenant_id", "status", "pipeline", "id"])
    op.create_index(
        "uq_conflicts_open",
        "conflicts",
        ["tenant_id", "pipeline", "key"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "pipeline_versions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("pipeline", CODE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("configuration", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.CheckConstraint("octet_length(text) <= 262144", name=op.f("ck_pipeline_versions_text_length")),
        sa.PrimaryKeyConstraint("tenant_id", "pipeline", "number", name=op.f("pk_pipeline_versions")),
    )
    op.create_table(
        "pipelines",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", CODE, nullable=False),
        sa.Column("entity", CODE, nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("config_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.CheckConstraint("name ~ '^[a-z][a-z0-9_-]{0,99}$'", name=op.f("ck_pipelines_name")),
        sa.CheckConstraint("char_length(description) <= 2000", name=op.f("ck_pipelines_description_length")),
        sa.CheckConstraint("char_length(entity) <= 100", name=op.f("ck_pipelines_entity_length")),
        sa.CheckConstraint("config_version >= 1", name=op.f("ck_pipelines_config_version")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pipelines")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_pipelines_tenant_id_name")),
    )
    op.create_index("ix_pipelines_entity", "pipelines", ["tenant_id", "entity"])
    op.create_table(
        "quarantine_entries",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pipeline", CODE, nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("key", CODE, server_default="", nullable=False),
        sa.Column("content_hash", sa.UUID(), nullable=False),
        sa.Column("position", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("errors", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        sa.Column("corrected_row", postgresql.JSONB()),
        sa.Column("waiting_table", CODE),
        sa.Column("waiting_key", CODE),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("times_seen", sa.Integer(), server_default="1", nullable=False),
        sa.Column("first_seen_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("resolved_run_id", sa.UUID()),
        sa.Column("resolved_at", TIME),
        sa.Column("resolved_by", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.CheckConstraint("kind in ('bad', 'parked')", name=op.f("ck_quarantine_entries_kind")),
        sa.CheckConstraint(
            "stage in ('extract', 'transform', 'validate', 'load')", name=op.f("ck_quarantine_entries_stage")
        ),
        sa.CheckConstraint("status in ('open', 'resolved', 'discarded')", name=op.f("ck_quarantine_entries_status")),
        sa.CheckConstraint("char_length(comment) <= 2000", name=op.f("ck_quarantine_entries_comment_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quarantine_entries")),
        sa.UniqueConstraint(
            "tenant_id",
            "pipeline",
            "key",
            "content_hash",
            name=op.f("uq_quarantine_entries_tenant_id_pipeline_key_content_hash"),
        ),
    )
    op.create_index("ix_quarantine_entries_status", "quarantine_entries", ["tenant_id", "status", "pipeline", "id"])
    op.create_index(
        "ix_quarantine_entries_waiting",
        "quarantine_entries",
        ["tenant_id", "waiting_table", "waiting_key"],
        postgresql_where=sa.text("status = 'open' and kind = 'parked'"),
    )
    op.create_table(
        "row_history",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("table_name", CODE, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action in ('update', 'restore', 'delete')", name=op.f("ck_row_history_action")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_row_history")),
    )
    op.create_index("ix_row_history_age", "row_history", ["at"])
    op.create_index("ix_row_history_row", "row_history", ["tenant_id", "table_name", "row_id", "id"])
    op.create_table(
        "runs",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("pipeline", CODE, nullable=False),
        sa.Column("entity", CODE, nullable=False),
        sa.Column("config_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why_full", sa.Text()),
        sa.Column("trigger", sa.Text(), server_default="api", nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("skip_reason", sa.Text()),
        sa.Column("parameters", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("plan", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("group_run_id", sa.UUID()),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("completed_at", TIME),
        sa.Column("heartbeat_at", TIME),
        sa.Column("watermark_before", sa.Text()),
        sa.Column("watermark_after", sa.Text()),
        sa.Column("stats", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("stages", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("skips", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column(
            "unmapped_fields",
            postgresql.JSONB(),
            server_default=EMPTY_LIST,
            nullable=False,
        ),
        sa.Column("warnings", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False),
        sa.Column("error", postgresql.JSONB()),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("(status in ('pending', 'running')) = (completed_at is null)", name=op.f("ck_runs_ended")),
        sa.CheckConstraint(
            "kind in ('incremental', 'full', 'partial', 'dry_run', 'redrive')", name=op.f("ck_runs_kind")
        ),
        sa.CheckConstraint(
            "status in ('pending', 'running', 'completed', 'completed_with_errors', 'failed', 'cancelled', 'skipped')",
            name=op.f("ck_runs_status"),
        ),
        sa.CheckConstraint("trigger in ('api', 'cli', 'schedule', 'group', 'airflow')", name=op.f("ck_runs_trigger")),
        sa.CheckConstraint("completed_at >= started_at", name=op.f("ck_runs_order_of_times")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_runs")),
    )
    op.create_index(
        "ix_runs_group",
        "runs",
        ["tenant_id", "group_run_id"],
        postgresql_where=sa.text("group_run_id is not null"),
    )
    op.create_index("ix_runs_newest", "runs", ["tenant_id", "created_at", "id"])
    op.create_index("ix_runs_pipeline", "runs", ["tenant_id", "pipeline", "created_at"])
    op.create_index(
        "uq_runs_active",
        "runs",
        ["tenant_id", "pipeline"],
        unique=True,
        postgresql_where=sa.text("status in ('pending', 'running') and kind in ('incremental', 'full', 'partial')"),
    )
    op.create_table(
        "pipeline_states",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("pipeline", CODE, nullable=False),
        sa.Column("last_sync_at", TIME),
        sa.Column("last_successful_sync_at", TIME),
        sa.Column("watermark", sa.Text()),
        sa.Column("last_run_id", sa.UUID()),
        sa.Column("last_successful_run_id", sa.UUID()),
        sa.Column("mapping_checksum", sa.Text()),
        sa.Column("checkpoint", postgresql.JSONB()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pipeline"],
            ["pipelines.tenant_id", "pipelines.name"],
            name=op.f("fk_pipeline_states_tenant_id_pipeline"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "pipeline", name=op.f("pk_pipeline_states")),
    )
    op.create_table(
        "run_differences",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "action in ('create', 'update', 'restore', 'delete')", name=op.f("ck_run_differences_action")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["runs.tenant_id", "runs.id"],
            name=op.f("fk_run_differences_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "id", name=op.f("pk_run_differences")),
    )
    op.create_table(
        "run_partitions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bounds", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("checkpoint", postgresql.JSONB()),
        sa.Column("tally", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("batches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("committed_at", TIME),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["runs.tenant_id", "runs.id"],
            name=op.f("fk_run_partitions_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "number", name=op.f("pk_run_partitions")),
    )
    op.create_table(
        "run_rows",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("position", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("field", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["runs.tenant_id", "runs.id"],
            name=op.f("fk_run_rows_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", "run_id", name=op.f("pk_run_rows")),
    )
    op.create_index("ix_run_rows_outcome", "run_rows", ["tenant_id", "run_id", "outcome", "id"])
    op.create_table(
        "run_seen_rows",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ids", postgresql.ARRAY(sa.BIGINT()), server_default=sa.text("'{}'::bigint[]"), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["runs.tenant_id", "runs.id"],
            name=op.f("fk_run_seen_rows_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "id", name=op.f("pk_run_seen_rows")),
    )
    secure("conflicts", roles=ROLES)
    secure("pipeline_versions", roles=ROLES, app="select, insert")
    secure("pipelines", roles=ROLES)
    secure("quarantine_entries", roles=ROLES)
    secure("row_history", roles=ROLES, app="select, insert, delete")
    secure("runs", roles=ROLES)
    secure("pipeline_states", roles=ROLES)
    secure("run_differences", roles=ROLES, app="select, insert, delete")
    secure("run_partitions", roles=ROLES)
    secure("run_rows", roles=ROLES, app="select, insert, delete")
    secure("run_seen_rows", roles=ROLES, app="select, insert, delete")


def downgrade() -> None:
    op.drop_table("run_seen_rows")
    op.drop_table("run_rows")
    op.drop_table("run_partitions")
    op.drop_table("run_differences")
    op.drop_table("pipeline_states")
    op.drop_table("runs")
    op.drop_table("row_history")
    op.drop_table("quarantine_entries")
    op.drop_table("pipelines")
    op.drop_table("pipeline_versions")
    op.drop_table("conflicts")
