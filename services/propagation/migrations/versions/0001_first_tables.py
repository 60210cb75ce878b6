"""First tables: the naming structure, strings, runs, and the tables of the shared mechanisms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.auditing.schema import create_audit_tables, drop_audit_tables
from shared.migrations import Roles, open_schema, secure

revision = "0001"
down_revision = None
ROLES = Roles.of("propagation")


# Set-based: one update per statement, whatever the number of rows.
COUNT_CHILDREN = """
create function count_children() returns trigger language plpgsql as $$
begin
    update strings s set children = s.children + x.step * x.number
    from (
        select tenant_id, parent_id, count(*) as number, case tg_op when 'INSERT' then 1 else -1 end as step
        from rows where parent_id is not null group by tenant_id, parent_id
    ) as x
    where s.tenant_id = x.tenant_id and s.id = x.parent_id;
    return null;
end $$
"""
COUNT_NEW = """
create trigger count_new after insert on strings
referencing new table as rows for each statement execute function count_children()
"""
COUNT_GONE = """
create trigger count_gone after delete on strings
referencing old table as rows for each statement execute function count_children()
"""


def upgrade() -> None:
    open_schema(ROLES)
    op.create_table(
        "dimensions",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), server_default=sa.text("'list'"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("status in ('active', 'inactive')", name=op.f("ck_dimensions_status")),
        sa.CheckConstraint("type in ('list', 'text')", name=op.f("ck_dimensions_type")),
        sa.CheckConstraint("char_length(description) <= 500", name=op.f("ck_dimensions_description_length")),
        sa.CheckConstraint("char_length(name) <= 30", name=op.f("ck_dimensions_name_length")),
        sa.CheckConstraint("char_length(slug) <= 50", name=op.f("ck_dimensions_slug_length")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_dimensions_not_own_parent")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["dimensions.tenant_id", "dimensions.id"],
            name=op.f("fk_dimensions_tenant_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dimensions")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_dimensions_tenant_id_name")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_dimensions_tenant_id_slug")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "actor", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "job_events",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_job_events")),
    )
    op.create_index("ix_job_events_age", "job_events", ["created_at"], unique=False)
    op.create_index("ix_job_events_job", "job_events", ["tenant_id", "job_id", "id"], unique=False)
    op.create_table(
        "members",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("role in ('viewer', 'operator', 'manager', 'admin')", name=op.f("ck_members_role")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_members_tenant_id_user_id")),
    )
    op.create_table(
        "platforms",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("icon_name", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(name) <= 50", name=op.f("ck_platforms_name_length")),
        sa.CheckConstraint("char_length(platform_type) <= 50", name=op.f("ck_platforms_platform_type_length")),
        sa.CheckConstraint("char_length(slug) <= 50", name=op.f("ck_platforms_slug_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_platforms")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_platforms_tenant_id_slug")),
    )
    op.create_table(
        "propagation_jobs",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("trigger_type", sa.Text(), server_default=sa.text("'system'"), nullable=False),
        sa.Column("processing_method", sa.Text(), server_default=sa.text("'synchronous'"), nullable=False),
        sa.Column("error_handling", sa.Text(), server_default=sa.text("'continue'"), nullable=False),
        sa.Column("max_depth", sa.BigInteger(), server_default=sa.text("10"), nullable=False),
        sa.Column("truncated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("undo_of", sa.UUID(), nullable=True),
        sa.Column("undone_by", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column(
            "payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("processed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default="5", nullable=False),
        sa.Column(
            "attempt_errors",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("dead_letter", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("retry_of", sa.UUID(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("requested_by_name", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("origin_correlation_id", sa.UUID(), nullable=True),
        sa.Column("statement_timeout_seconds", sa.Integer(), nullable=True),
        sa.Column("run_timeout_seconds", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status in ('pending', 'running')) = (completed_at is null)", name=op.f("ck_propagation_jobs_ended")
        ),
        sa.CheckConstraint(
            "error_handling in ('continue', 'stop', 'rollback')", name=op.f("ck_propagation_jobs_error_handling")
        ),
        sa.CheckConstraint(
            "processing_method in ('synchronous', 'background', 'chunked')",
            name=op.f("ck_propagation_jobs_processing_method"),
        ),
        sa.CheckConstraint(
            "status in ('pending', 'running', 'completed', 'partial_failure', 'failed', 'cancelled')",
            name=op.f("ck_propagation_jobs_status"),
        ),
        sa.CheckConstraint(
            "trigger_type in ('detail_create', 'detail_update', 'detail_delete', 'batch_update', 'string_update',"
            " 'parent_change', 'dimension_value_change', 'rule_change', 'manual_propagation', 'import', 'analysis',"
            " 'retry', 'undo', 'system')",
            name=op.f("ck_propagation_jobs_trigger_type"),
        ),
        sa.CheckConstraint("completed_at >= started_at", name=op.f("ck_propagation_jobs_order_of_times")),
        sa.CheckConstraint("max_attempts >= 1", name=op.f("ck_propagation_jobs_max_attempts")),
        sa.CheckConstraint("processed + failed <= total", name=op.f("ck_propagation_jobs_counters_within_total")),
        sa.CheckConstraint(
            "processed >= 0 and failed >= 0 and skipped >= 0", name=op.f("ck_propagation_jobs_counters_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["propagation_jobs.tenant_id", "propagation_jobs.id"],
            name=op.f("fk_propagation_jobs_tenant_id_parent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_propagation_jobs")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "idempotency_key", name=op.f("uq_propagation_jobs_tenant_id_kind_idempotency_key")
        ),
    )
    op.create_index("ix_propagation_jobs_list", "propagation_jobs", ["tenant_id", "status", "created_at"], unique=False)
    op.create_index("ix_propagation_jobs_newest", "propagation_jobs", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_propagation_jobs_parent",
        "propagation_jobs",
        ["tenant_id", "parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_index(
        "ix_propagation_jobs_relay_pending",
        "propagation_jobs",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_propagation_jobs_relay_running",
        "propagation_jobs",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index("ix_propagation_jobs_requested_by", "propagation_jobs", ["tenant_id", "requested_by"], unique=False)
    op.create_index(
        "ix_propagation_jobs_retry_of",
        "propagation_jobs",
        ["tenant_id", "retry_of"],
        unique=False,
        postgresql_where=sa.text("retry_of is not null"),
    )
    op.create_table(
        "propagation_settings",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=True),
        sa.Column(
            "settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_propagation_settings")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_propagation_settings_tenant_id_user_id")),
    )
    op.create_table(
        "schedules",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column(
            "payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("catch_up", sa.Text(), server_default="once", nullable=False),
        sa.Column("jitter_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("catch_up in ('skip', 'once', 'all')", name=op.f("ck_schedules_catch_up")),
        sa.CheckConstraint("jitter_seconds >= 0", name=op.f("ck_schedules_jitter_seconds")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_schedules_tenant_id_name")),
    )
    op.create_index("ix_schedules_due", "schedules", ["next_run_at"], unique=False, postgresql_where=sa.text("active"))
    op.create_table(
        "string_versions",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("string_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value_before", sa.Text(collation="C"), nullable=False),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "details_before",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("change_type", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("caused_by_version", sa.BigInteger(), nullable=True),
        sa.Column("modified_by", sa.Text(), nullable=True),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "change_type in ('direct_edit', 'inheritance_update', 'batch_update', 'regeneration', 'rollback')",
            name=op.f("ck_string_versions_change_type"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "string_id", "version", name=op.f("pk_string_versions")),
    )
    op.create_index("ix_string_versions_job", "string_versions", ["tenant_id", "job_id", "string_id"], unique=False)
    op.create_table(
        "tenants",
        sa.Column("logo_url", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("if_match_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column(
            "settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('active', 'inactive')", name=op.f("ck_tenants_status")),
        sa.CheckConstraint("char_length(name) <= 50", name=op.f("ck_tenants_name_length")),
        sa.CheckConstraint("char_length(slug) <= 50", name=op.f("ck_tenants_slug_length")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenants")),
    )
    op.create_table(
        "dimension_constraints",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dimension_id", sa.BigInteger(), nullable=False),
        sa.Column("constraint_type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("order", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint('"order" >= 1', name=op.f("ck_dimension_constraints_order")),
        sa.CheckConstraint("char_length(value) <= 200", name=op.f("ck_dimension_constraints_value_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dimension_id"],
            ["dimensions.tenant_id", "dimensions.id"],
            name=op.f("fk_dimension_constraints_tenant_id_dimension_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dimension_constraints")),
        sa.UniqueConstraint(
            "tenant_id",
            "dimension_id",
            "order",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_dimension_constraints_tenant_id_dimension_id_order"),
        ),
    )
    op.create_table(
        "dimension_values",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dimension_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("utm", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("external_ref", sa.Text(collation="C"), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "btrim(value) <> '' and value !~ '[\\x01-\\x1f\\x7f]'", name=op.f("ck_dimension_values_printable")
        ),
        sa.CheckConstraint("status in ('active', 'inactive')", name=op.f("ck_dimension_values_status")),
        sa.CheckConstraint("char_length(description) <= 500", name=op.f("ck_dimension_values_description_length")),
        sa.CheckConstraint("char_length(label) <= 50", name=op.f("ck_dimension_values_label_length")),
        sa.CheckConstraint("char_length(utm) <= 30", name=op.f("ck_dimension_values_utm_length")),
        sa.CheckConstraint("char_length(value) <= 30", name=op.f("ck_dimension_values_value_length")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_dimension_values_valid_dates")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dimension_id"],
            ["dimensions.tenant_id", "dimensions.id"],
            name=op.f("fk_dimension_values_tenant_id_dimension_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["dimension_values.tenant_id", "dimension_values.id"],
            name=op.f("fk_dimension_values_tenant_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dimension_values")),
        sa.UniqueConstraint(
            "tenant_id",
            "dimension_id",
            "external_ref",
            name=op.f("uq_dimension_values_tenant_id_dimension_id_external_ref"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "dimension_id", "id", name=op.f("uq_dimension_values_tenant_id_dimension_id_id")
        ),
        sa.UniqueConstraint(
            "tenant_id", "dimension_id", "value", name=op.f("uq_dimension_values_tenant_id_dimension_id_value")
        ),
    )
    op.create_index("ix_dimension_values_parent", "dimension_values", ["tenant_id", "parent_id"], unique=False)
    op.create_table(
        "fields",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("field_level", sa.BigInteger(), nullable=False),
        sa.Column("next_field_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "next_level",
            sa.BigInteger(),
            sa.Computed("case when next_field_id is not null then field_level + 1 end", persisted=True),
            nullable=True,
        ),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(name) <= 30", name=op.f("ck_fields_name_length")),
        sa.CheckConstraint("field_level >= 1", name=op.f("ck_fields_field_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "platform_id", "next_field_id", "next_level"],
            ["fields.tenant_id", "fields.platform_id", "fields.id", "fields.field_level"],
            name="fk_fields_next_field",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "platform_id"],
            ["platforms.tenant_id", "platforms.id"],
            name=op.f("fk_fields_tenant_id_platform_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_fields")),
        sa.UniqueConstraint(
            "tenant_id", "platform_id", "id", "field_level", name=op.f("uq_fields_tenant_id_platform_id_id_field_level")
        ),
        sa.UniqueConstraint("tenant_id", "platform_id", "id", name=op.f("uq_fields_tenant_id_platform_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "platform_id",
            "name",
            "field_level",
            name=op.f("uq_fields_tenant_id_platform_id_name_field_level"),
        ),
    )
    op.create_table(
        "propagation_changes",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("string_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("change_type", sa.Text(), nullable=False),
        sa.Column(
            "cause", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column(
            "before", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "after", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("version_before", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("change_type in ('direct', 'inherited')", name=op.f("ck_propagation_changes_change_type")),
        sa.CheckConstraint("outcome in ('planned', 'failed', 'skipped')", name=op.f("ck_propagation_changes_outcome")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["propagation_jobs.tenant_id", "propagation_jobs.id"],
            name=op.f("fk_propagation_changes_tenant_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "string_id", name=op.f("pk_propagation_changes")),
    )
    op.create_table(
        "propagation_errors",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("string_id", sa.BigInteger(), nullable=True),
        sa.Column("string_detail_id", sa.BigInteger(), nullable=True),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column(
            "context_data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("retry_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_retryable", sa.Boolean(), nullable=False),
        sa.Column("resolved", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_by_name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "error_type in ('string_generation_error', 'validation_error', 'conflict_error', 'circular_dependency',"
            " 'permission_error', 'database_error', 'timeout_error', 'unknown_error')",
            name=op.f("ck_propagation_errors_error_type"),
        ),
        sa.CheckConstraint("retry_count >= 0", name=op.f("ck_propagation_errors_retry_count")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["propagation_jobs.tenant_id", "propagation_jobs.id"],
            name=op.f("fk_propagation_errors_tenant_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_propagation_errors")),
    )
    op.create_index("ix_propagation_errors_job", "propagation_errors", ["tenant_id", "job_id"], unique=False)
    op.create_index(
        "ix_propagation_errors_list", "propagation_errors", ["tenant_id", "resolved", "created_at"], unique=False
    )
    op.create_index("ix_propagation_errors_string", "propagation_errors", ["tenant_id", "string_id"], unique=False)
    op.create_table(
        "rules",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("status in ('active', 'inactive')", name=op.f("ck_rules_status")),
        sa.CheckConstraint("char_length(description) <= 500", name=op.f("ck_rules_description_length")),
        sa.CheckConstraint("char_length(name) <= 50", name=op.f("ck_rules_name_length")),
        sa.CheckConstraint("char_length(slug) <= 50", name=op.f("ck_rules_slug_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "platform_id"],
            ["platforms.tenant_id", "platforms.id"],
            name=op.f("fk_rules_tenant_id_platform_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rules")),
        sa.UniqueConstraint("tenant_id", "platform_id", "id", name=op.f("uq_rules_tenant_id_platform_id_id")),
        sa.UniqueConstraint("tenant_id", "platform_id", "name", name=op.f("uq_rules_tenant_id_platform_id_name")),
    )
    op.create_index(
        "uq_rules_default", "rules", ["tenant_id", "platform_id"], unique=True, postgresql_where=sa.text("is_default")
    )
    op.create_table(
        "rule_details",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("field_id", sa.BigInteger(), nullable=False),
        sa.Column("dimension_id", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=True),
        sa.Column("suffix", sa.Text(), nullable=True),
        sa.Column("delimiter", sa.Text(), nullable=True),
        sa.Column("dimension_order", sa.BigInteger(), nullable=False),
        sa.Column("is_required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(delimiter) <= 1", name=op.f("ck_rule_details_delimiter_length")),
        sa.CheckConstraint("char_length(prefix) <= 20", name=op.f("ck_rule_details_prefix_length")),
        sa.CheckConstraint("char_length(suffix) <= 20", name=op.f("ck_rule_details_suffix_length")),
        sa.CheckConstraint("dimension_order >= 1", name=op.f("ck_rule_details_dimension_order")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dimension_id"],
            ["dimensions.tenant_id", "dimensions.id"],
            name=op.f("fk_rule_details_tenant_id_dimension_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "platform_id", "field_id"],
            ["fields.tenant_id", "fields.platform_id", "fields.id"],
            name=op.f("fk_rule_details_tenant_id_platform_id_field_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "platform_id", "rule_id"],
            ["rules.tenant_id", "rules.platform_id", "rules.id"],
            name=op.f("fk_rule_details_tenant_id_platform_id_rule_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rule_details")),
        sa.UniqueConstraint(
            "tenant_id",
            "rule_id",
            "field_id",
            "dimension_id",
            name=op.f("uq_rule_details_tenant_id_rule_id_field_id_dimension_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "rule_id",
            "field_id",
            "dimension_order",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_rule_details_tenant_id_rule_id_field_id_dimension_order"),
        ),
    )
    op.create_table(
        "submissions",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("starting_field_id", sa.BigInteger(), nullable=False),
        sa.Column("selected_parent_string_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'submitted', 'approved', 'rejected')", name=op.f("ck_submissions_status")
        ),
        sa.CheckConstraint("char_length(description) <= 500", name=op.f("ck_submissions_description_length")),
        sa.CheckConstraint("char_length(name) <= 50", name=op.f("ck_submissions_name_length")),
        sa.CheckConstraint("char_length(slug) <= 50", name=op.f("ck_submissions_slug_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rule_id"], ["rules.tenant_id", "rules.id"], name=op.f("fk_submissions_tenant_id_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "starting_field_id"],
            ["fields.tenant_id", "fields.id"],
            name=op.f("fk_submissions_tenant_id_starting_field_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_submissions_tenant_id_name")),
    )
    op.create_table(
        "strings",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("field_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column("parts", sa.Text(collation="C"), server_default=sa.text("''"), nullable=False),
        sa.Column("string_uuid", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "custom_fields",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "custom_field_sources",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("is_auto_generated", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("regenerated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column("regenerated_from", sa.Text(collation="C"), nullable=True),
        sa.Column("children", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("stale_reason", sa.Text(), nullable=True),
        sa.Column("stale_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(value) <> '' and value !~ '[\\x01-\\x1f\\x7f]'", name=op.f("ck_strings_value")),
        sa.CheckConstraint(
            "stale_reason in ('pending_propagation', 'regeneration_disabled', 'failed', 'incomplete')",
            name=op.f("ck_strings_stale_reason"),
        ),
        sa.CheckConstraint("char_length(value) <= 400", name=op.f("ck_strings_value_length")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_strings_not_own_parent")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "field_id"], ["fields.tenant_id", "fields.id"], name=op.f("fk_strings_tenant_id_field_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"], ["strings.tenant_id", "strings.id"], name="fk_strings_parent"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rule_id"], ["rules.tenant_id", "rules.id"], name=op.f("fk_strings_tenant_id_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "submission_id"],
            ["submissions.tenant_id", "submissions.id"],
            name=op.f("fk_strings_tenant_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_strings")),
        sa.UniqueConstraint(
            "tenant_id",
            "parent_id",
            "rule_id",
            "field_id",
            "value",
            deferrable=True,
            initially="DEFERRED",
            name="uq_strings_name",
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("tenant_id", "string_uuid", name=op.f("uq_strings_tenant_id_string_uuid")),
    )
    op.create_index("ix_strings_rule", "strings", ["tenant_id", "rule_id", "field_id"], unique=False)
    op.create_index(
        "ix_strings_stale",
        "strings",
        ["tenant_id", "id"],
        unique=False,
        postgresql_where=sa.text("stale_reason is not null"),
    )
    op.create_table(
        "string_details",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("string_id", sa.BigInteger(), nullable=False),
        sa.Column("dimension_id", sa.BigInteger(), nullable=False),
        sa.Column("dimension_value_id", sa.BigInteger(), nullable=True),
        sa.Column("dimension_value_freetext", sa.Text(collation="C"), nullable=True),
        sa.Column("is_inherited", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source_string_id", sa.BigInteger(), nullable=True),
        sa.Column("pending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "dimension_value_freetext !~ '[\\x01-\\x1f\\x7f]'", name=op.f("ck_string_details_printable")
        ),
        sa.CheckConstraint(
            "char_length(dimension_value_freetext) <= 100",
            name=op.f("ck_string_details_dimension_value_freetext_length"),
        ),
        sa.CheckConstraint(
            "dimension_value_id is null or dimension_value_freetext is null", name=op.f("ck_string_details_one_value")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dimension_id", "dimension_value_id"],
            ["dimension_values.tenant_id", "dimension_values.dimension_id", "dimension_values.id"],
            name="fk_string_details_value",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dimension_id"],
            ["dimensions.tenant_id", "dimensions.id"],
            name=op.f("fk_string_details_tenant_id_dimension_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "string_id"],
            ["strings.tenant_id", "strings.id"],
            name=op.f("fk_string_details_tenant_id_string_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_string_details")),
        sa.UniqueConstraint(
            "tenant_id", "string_id", "dimension_id", name=op.f("uq_string_details_tenant_id_string_id_dimension_id")
        ),
        postgresql_with={"fillfactor": 85},
    )
    op.create_index(
        "ix_string_details_value", "string_details", ["tenant_id", "dimension_id", "dimension_value_id"], unique=False
    )
    # The two tables refer to each other, so one reference waits for both.
    op.create_foreign_key(
        "fk_submissions_tenant_id_selected_parent_string_id",
        "submissions",
        "strings",
        ["tenant_id", "selected_parent_string_id"],
        ["tenant_id", "id"],
    )
    op.execute(COUNT_CHILDREN)
    op.execute(COUNT_NEW)
    op.execute(COUNT_GONE)
    create_audit_tables(ROLES)
    secure("tenants", roles=ROLES, app="select, insert, update", relay="select")
    secure("members", roles=ROLES)
    secure("platforms", roles=ROLES)
    secure("fields", roles=ROLES)
    secure("dimensions", roles=ROLES)
    secure("dimension_values", roles=ROLES)
    secure("dimension_constraints", roles=ROLES)
    secure("rules", roles=ROLES)
    secure("rule_details", roles=ROLES)
    secure("submissions", roles=ROLES)
    secure("strings", roles=ROLES)
    secure("string_details", roles=ROLES)
    secure("string_versions", roles=ROLES, app="select, insert")
    secure("propagation_jobs", roles=ROLES, app="select, insert, update, delete", relay="select, insert, update")
    secure("propagation_changes", roles=ROLES)
    secure("propagation_errors", roles=ROLES)
    secure("propagation_settings", roles=ROLES)
    secure("idempotency_keys", roles=ROLES, app="select, insert, delete", relay="select, delete")
    secure("schedules", roles=ROLES, app="select, insert, update, delete", relay="select, update")
    secure("job_events", roles=ROLES, app="select, insert, delete", relay="select, insert, delete")


def downgrade() -> None:
    drop_audit_tables()
    op.drop_constraint("fk_submissions_tenant_id_selected_parent_string_id", "submissions", type_="foreignkey")
    op.drop_table("job_events")
    op.drop_table("schedules")
    op.drop_table("idempotency_keys")
    op.drop_table("propagation_settings")
    op.drop_table("propagation_errors")
    op.drop_table("propagation_changes")
    op.drop_table("propagation_jobs")
    op.drop_table("string_versions")
    op.drop_table("string_details")
    op.drop_table("strings")
    op.drop_table("submissions")
    op.drop_table("rule_details")
    op.drop_table("rules")
    op.drop_table("dimension_constraints")
    op.drop_table("dimension_values")
    op.drop_table("dimensions")
    op.drop_table("fields")
    op.drop_table("platforms")
    op.drop_table("members")
    op.drop_table("tenants")
    op.execute("drop function count_children()")
