"""First tables: those of the mechanisms that all services share."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.auditing.schema import create_audit_tables, drop_audit_tables
from shared.migrations import Roles, open_schema, secure

revision = "0001"
down_revision = None
ROLES = Roles.of("validation")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    open_schema(ROLES)
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("if_match_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("settings", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('active', 'inactive')", name=op.f("ck_tenants_status")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenants")),
    )
    op.create_table(
        "validation_jobs",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("processed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default="5", nullable=False),
        sa.Column("attempt_errors", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("dead_letter", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error", postgresql.JSONB(none_as_null=True), nullable=True),
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
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("run_at", TIME, server_default=NOW, nullable=False),
        sa.Column("dispatched_at", TIME, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("deadline_at", TIME, nullable=True),
        sa.Column("completed_at", TIME, nullable=True),
        sa.CheckConstraint(
            "(status in ('pending', 'running')) = (completed_at is null)", name=op.f("ck_validation_jobs_ended")
        ),
        sa.CheckConstraint(
            "status in ('pending', 'running', 'completed', 'partial_failure', 'failed', 'cancelled')",
            name=op.f("ck_validation_jobs_status"),
        ),
        sa.CheckConstraint("completed_at >= started_at", name=op.f("ck_validation_jobs_order_of_times")),
        sa.CheckConstraint("max_attempts >= 1", name=op.f("ck_validation_jobs_max_attempts")),
        sa.CheckConstraint("processed + failed <= total", name=op.f("ck_validation_jobs_counters_within_total")),
        sa.CheckConstraint(
            "processed >= 0 and failed >= 0 and skipped >= 0", name=op.f("ck_validation_jobs_counters_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["validation_jobs.tenant_id", "validation_jobs.id"],
            name=op.f("fk_validation_jobs_tenant_id_parent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_validation_jobs")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "idempotency_key", name=op.f("uq_validation_jobs_tenant_id_kind_idempotency_key")
        ),
    )
    op.create_index("ix_validation_jobs_list", "validation_jobs", ["tenant_id", "status", "created_at"])
    op.create_index(
        "ix_validation_jobs_parent",
        "validation_jobs",
        ["tenant_id", "parent_id"],
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_index(
        "ix_validation_jobs_relay_dead", "validation_jobs", ["completed_at"], postgresql_where=sa.text("dead_letter")
    )
    op.create_index(
        "ix_validation_jobs_relay_ended",
        "validation_jobs",
        ["completed_at"],
        postgresql_where=sa.text("parent_id is null"),
    )
    op.create_index(
        "ix_validation_jobs_relay_pending",
        "validation_jobs",
        ["run_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_validation_jobs_relay_running",
        "validation_jobs",
        ["lease_until"],
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "ix_validation_jobs_retry_of",
        "validation_jobs",
        ["tenant_id", "retry_of"],
        postgresql_where=sa.text("retry_of is not null"),
    )
    op.create_table(
        "job_events",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_job_events")),
    )
    op.create_index("ix_job_events_age", "job_events", ["created_at"])
    op.create_index("ix_job_events_job", "job_events", ["tenant_id", "job_id", "id"])
    op.create_table(
        "schedules",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("catch_up", sa.Text(), server_default="once", nullable=False),
        sa.Column("jitter_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next_run_at", TIME, nullable=False),
        sa.Column("last_run_at", TIME, nullable=True),
        sa.CheckConstraint("catch_up in ('skip', 'once', 'all')", name=op.f("ck_schedules_catch_up")),
        sa.CheckConstraint("jitter_seconds >= 0", name=op.f("ck_schedules_jitter_seconds")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_schedules_tenant_id_name")),
    )
    op.create_index("ix_schedules_due", "schedules", ["next_run_at"], postgresql_where=sa.text("active"))
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("actor", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "actor", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"])
    op.create_table(
        "revoked_sessions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("session_id", sa.Text(collation="C"), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "session_id", name=op.f("pk_revoked_sessions")),
    )
    op.create_index(op.f("ix_revoked_sessions_expires_at"), "revoked_sessions", ["expires_at"])
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("ordering_key", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("reply", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("correlation_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("origin_correlation_id", sa.UUID(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("next_attempt_at", TIME, server_default=NOW, nullable=False),
        sa.Column("give_up_at", TIME, server_default=sa.text("now() + interval '3 days'"), nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("(status = 'pending') = (ended_at is null)", name=op.f("ck_outbox_ended")),
        sa.CheckConstraint("status in ('pending', 'delivered', 'skipped', 'failed')", name=op.f("ck_outbox_status")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_dead", "outbox", ["ended_at"], postgresql_where=sa.text("status = 'failed'"))
    op.create_index("ix_outbox_due", "outbox", ["next_attempt_at"], postgresql_where=sa.text("status = 'pending'"))
    op.create_index("ix_outbox_ended", "outbox", ["ended_at"], postgresql_where=sa.text("status <> 'pending'"))
    op.create_index("ix_outbox_newest", "outbox", ["tenant_id", "created_at", "id"])
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["tenant_id", "kind", "target", "ordering_key", "number"],
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "webhooks",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("inactive_reason", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_valid_until", TIME, nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(name) <= 100", name=op.f("ck_webhooks_name_length")),
        sa.CheckConstraint("char_length(url) <= 2000", name=op.f("ck_webhooks_url_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_webhooks_tenant_id_name")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index("ix_webhook_deliveries_age", "webhook_deliveries", ["created_at"])
    op.create_index("ix_webhook_deliveries_webhook", "webhook_deliveries", ["tenant_id", "webhook_id", "id"])
    op.create_table(
        "audit_spool",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("statement_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_spool")),
    )
    create_audit_tables(ROLES)
    secure("tenants", roles=ROLES, app="select, insert, update", relay="select")
    secure("validation_jobs", roles=ROLES, app="select, insert, update, delete", relay="select, insert, update")
    secure("job_events", roles=ROLES, app="select, insert, delete", relay="select, insert, delete")
    secure("schedules", roles=ROLES, app="select, insert, update, delete", relay="select, update")
    secure("idempotency_keys", roles=ROLES, app="select, insert, delete", relay="select, delete")
    secure("revoked_sessions", roles=ROLES, app="select, insert", relay="select, delete")
    secure("outbox", roles=ROLES, app="select, insert, update", relay="select, insert, update, delete")
    secure("webhooks", roles=ROLES, relay="select, update (active, inactive_reason, version, updated_at)")
    secure("webhook_deliveries", roles=ROLES, app="select", relay="select, insert, delete")
    secure("audit_spool", roles=ROLES, app="select, insert", relay="select, delete")


def downgrade() -> None:
    drop_audit_tables()
    op.drop_table("audit_spool")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_table("outbox")
    op.drop_table("revoked_sessions")
    op.drop_table("idempotency_keys")
    op.drop_table("schedules")
    op.drop_table("job_events")
    op.drop_table("validation_jobs")
    op.drop_table("tenants")
