"""First tables: the items and what belongs to them, their records, and the tables of the shared mechanisms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.auditing.schema import create_audit_tables, drop_audit_tables
from shared.migrations import Roles, open_schema, secure

revision = "0001"
down_revision = None
ROLES = Roles.of("workflow")


def upgrade() -> None:
    open_schema(ROLES)
    op.create_table(
        "approvals",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column(
            "payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "payload_classes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("options", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("requester", sa.Text(collation="C"), nullable=True),
        sa.Column("external_ref", sa.Text(collation="C"), nullable=True),
        sa.Column("required_permission", sa.Text(), server_default=sa.text("'approval.decide'"), nullable=False),
        sa.Column(
            "candidate_users", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "candidate_teams", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("exclude", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("votes_needed", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_expiry", sa.Text(), server_default=sa.text("'expire'"), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=True),
        sa.Column("origin_correlation_id", sa.UUID(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("option", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("on_expiry in ('expire', 'approve', 'reject')", name=op.f("ck_approvals_on_expiry")),
        sa.CheckConstraint(
            "state in ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED')", name=op.f("ck_approvals_state")
        ),
        sa.CheckConstraint("char_length(external_ref) <= 200", name=op.f("ck_approvals_external_ref_length")),
        sa.CheckConstraint("char_length(kind) <= 100", name=op.f("ck_approvals_kind_length")),
        sa.CheckConstraint("char_length(summary) <= 10000", name=op.f("ck_approvals_summary_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_approvals_title_length")),
        sa.CheckConstraint("votes_needed >= 1", name=op.f("ck_approvals_votes_needed")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "tenant_id", "requester", "external_ref", name=op.f("uq_approvals_tenant_id_requester_external_ref")
        ),
    )
    op.create_index(
        "ix_approvals_expires",
        "approvals",
        ["tenant_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_index("ix_approvals_state", "approvals", ["tenant_id", "state", "id"], unique=False)
    op.create_table(
        "bulk_records",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("successful", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("success_ratio", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column(
            "successful_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "failed_ids", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column(
            "failure_details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("was_rolled_back", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rollback_reason", sa.Text(), nullable=True),
        sa.Column("execution_ms", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("audit_id", sa.BigInteger(), nullable=True),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("successful + failed <= total", name=op.f("ck_bulk_records_counts")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bulk_records")),
    )
    op.create_index("ix_bulk_records_audit", "bulk_records", ["tenant_id", "audit_id"], unique=False)
    op.create_table(
        "counters",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "denial_records",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "required_permissions", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column(
            "held_permissions", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("attempted_action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("risk_score", sa.BigInteger(), nullable=False),
        sa.Column("risk_level", sa.Text(), nullable=False),
        sa.Column("suspicious", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("audit_id", sa.BigInteger(), nullable=True),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "risk_level in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_denial_records_risk_level")
        ),
        sa.CheckConstraint("risk_score between 0 and 100", name=op.f("ck_denial_records_risk_score")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_denial_records")),
    )
    op.create_index("ix_denial_records_actor", "denial_records", ["tenant_id", "actor", "created_at"], unique=False)
    op.create_index("ix_denial_records_audit", "denial_records", ["tenant_id", "audit_id"], unique=False)
    op.create_table(
        "geofences",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("vertices", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "case kind when 'circle' then num_nonnulls(latitude, longitude, radius_m) = 3 and vertices is null"
            " else num_nonnulls(latitude, longitude, radius_m) = 0 and"
            " jsonb_array_length(vertices) between 3 and 200 end",
            name=op.f("ck_geofences_shape"),
        ),
        sa.CheckConstraint("kind in ('circle', 'polygon')", name=op.f("ck_geofences_kind")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_geofences_name_length")),
        sa.CheckConstraint("radius_m between 1 and 100000", name=op.f("ck_geofences_radius_m")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_geofences")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_geofences_tenant_id_name")),
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
        "shifts",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_shifts_name_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_shifts_tenant_id_name")),
    )
    op.create_table(
        "steps",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("audit_id", sa.BigInteger(), nullable=True),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("kind in ('permit', 'verification', 'assignment', 'vote')", name=op.f("ck_steps_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_steps")),
    )
    op.create_index("ix_steps_entity", "steps", ["tenant_id", "entity", "entity_id", "id"], unique=False)
    op.create_index(
        "uq_steps_vote",
        "steps",
        ["tenant_id", "entity", "entity_id", "actor"],
        unique=True,
        postgresql_where=sa.text("kind = 'vote'"),
    )
    op.create_table(
        "tenants",
        sa.Column("payroll_cutoff_days", sa.BigInteger(), server_default=sa.text("3"), nullable=False),
        sa.Column("default_sla_hours", sa.BigInteger(), server_default=sa.text("24"), nullable=False),
        sa.Column("coordinates_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("final_inspection_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "retention_days",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
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
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("status in ('active', 'inactive')", name=op.f("ck_tenants_status")),
        sa.CheckConstraint("default_sla_hours between 1 and 8760", name=op.f("ck_tenants_default_sla_hours")),
        sa.CheckConstraint("payroll_cutoff_days between 0 and 31", name=op.f("ck_tenants_payroll_cutoff_days")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenants")),
    )
    op.create_table(
        "tickets",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), server_default=sa.text("'MEDIUM'"), nullable=False),
        sa.Column("requester", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_user", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_team", sa.Text(collation="C"), nullable=True),
        sa.Column("external_ref", sa.Text(collation="C"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("priority in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_tickets_priority")),
        sa.CheckConstraint(
            "state in ('NEW', 'OPEN', 'INPROGRESS', 'ONHOLD', 'RESOLVED', 'CLOSED', 'CANCELLED')",
            name=op.f("ck_tickets_state"),
        ),
        sa.CheckConstraint("char_length(category) <= 100", name=op.f("ck_tickets_category_length")),
        sa.CheckConstraint("char_length(description) <= 10000", name=op.f("ck_tickets_description_length")),
        sa.CheckConstraint("char_length(external_ref) <= 200", name=op.f("ck_tickets_external_ref_length")),
        sa.CheckConstraint("char_length(number) <= 40", name=op.f("ck_tickets_number_length")),
        sa.CheckConstraint("char_length(subject) <= 200", name=op.f("ck_tickets_subject_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_tickets_tenant_id_number")),
        sa.UniqueConstraint(
            "tenant_id", "requester", "external_ref", name=op.f("uq_tickets_tenant_id_requester_external_ref")
        ),
    )
    op.create_index("ix_tickets_created", "tickets", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_tickets_due",
        "tickets",
        ["tenant_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index("ix_tickets_state", "tickets", ["tenant_id", "state", "id"], unique=False)
    op.create_table(
        "transition_records",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("error_codes", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("flags", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("seconds_in_state", sa.Numeric(precision=14, scale=3), nullable=True),
        sa.Column("execution_ms", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("lock_wait_ms", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("audit_id", sa.BigInteger(), nullable=True),
        sa.Column("correlation_id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("success = (cardinality(error_codes) = 0)", name=op.f("ck_transition_records_codes")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_transition_records")),
    )
    op.create_index("ix_transition_records_audit", "transition_records", ["tenant_id", "audit_id"], unique=False)
    op.create_index(
        "ix_transition_records_created", "transition_records", ["tenant_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_transition_records_entity", "transition_records", ["tenant_id", "entity", "entity_id", "id"], unique=False
    )
    op.create_table(
        "vendors",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(contact_email) <= 254", name=op.f("ck_vendors_contact_email_length")),
        sa.CheckConstraint("char_length(contact_phone) <= 40", name=op.f("ck_vendors_contact_phone_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_vendors_name_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vendors")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_vendors_tenant_id_name")),
    )
    op.create_table(
        "workflow_jobs",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
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
            "(status in ('pending', 'running')) = (completed_at is null)", name=op.f("ck_workflow_jobs_ended")
        ),
        sa.CheckConstraint(
            "status in ('pending', 'running', 'completed', 'partial_failure', 'failed', 'cancelled')",
            name=op.f("ck_workflow_jobs_status"),
        ),
        sa.CheckConstraint("completed_at >= started_at", name=op.f("ck_workflow_jobs_order_of_times")),
        sa.CheckConstraint("max_attempts >= 1", name=op.f("ck_workflow_jobs_max_attempts")),
        sa.CheckConstraint("processed + failed <= total", name=op.f("ck_workflow_jobs_counters_within_total")),
        sa.CheckConstraint(
            "processed >= 0 and failed >= 0 and skipped >= 0", name=op.f("ck_workflow_jobs_counters_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["workflow_jobs.tenant_id", "workflow_jobs.id"],
            name=op.f("fk_workflow_jobs_tenant_id_parent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_workflow_jobs")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "idempotency_key", name=op.f("uq_workflow_jobs_tenant_id_kind_idempotency_key")
        ),
    )
    op.create_index("ix_workflow_jobs_list", "workflow_jobs", ["tenant_id", "status", "created_at"], unique=False)
    op.create_index(
        "ix_workflow_jobs_parent",
        "workflow_jobs",
        ["tenant_id", "parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_index(
        "ix_workflow_jobs_relay_dead",
        "workflow_jobs",
        ["completed_at"],
        unique=False,
        postgresql_where=sa.text("dead_letter"),
    )
    op.create_index(
        "ix_workflow_jobs_relay_ended",
        "workflow_jobs",
        ["completed_at"],
        unique=False,
        postgresql_where=sa.text("parent_id is null"),
    )
    op.create_index(
        "ix_workflow_jobs_relay_pending",
        "workflow_jobs",
        ["run_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_workflow_jobs_relay_running",
        "workflow_jobs",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(
        "ix_workflow_jobs_retry_of",
        "workflow_jobs",
        ["tenant_id", "retry_of"],
        unique=False,
        postgresql_where=sa.text("retry_of is not null"),
    )
    op.create_table(
        "attendance",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'check_in'"), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("original_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("geofence_id", sa.BigInteger(), nullable=True),
        sa.Column("shift_id", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('check_in', 'check_out')", name=op.f("ck_attendance_kind")),
        sa.CheckConstraint(
            "state in ('PENDING', 'APPROVED', 'REJECTED', 'ADJUSTED', 'LOCKED')", name=op.f("ck_attendance_state")
        ),
        sa.CheckConstraint("(latitude is null) = (longitude is null)", name=op.f("ck_attendance_coordinates")),
        sa.CheckConstraint("accuracy_m >= 0", name=op.f("ck_attendance_accuracy_m")),
        sa.CheckConstraint("char_length(device_id) <= 100", name=op.f("ck_attendance_device_id_length")),
        sa.CheckConstraint("char_length(person) <= 100", name=op.f("ck_attendance_person_length")),
        sa.CheckConstraint("char_length(remarks) <= 1000", name=op.f("ck_attendance_remarks_length")),
        sa.CheckConstraint("latitude between -90 and 90", name=op.f("ck_attendance_latitude")),
        sa.CheckConstraint("longitude between -180 and 180", name=op.f("ck_attendance_longitude")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "geofence_id"],
            ["geofences.tenant_id", "geofences.id"],
            name=op.f("fk_attendance_tenant_id_geofence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shift_id"], ["shifts.tenant_id", "shifts.id"], name=op.f("fk_attendance_tenant_id_shift_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_created", "attendance", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index("ix_attendance_event", "attendance", ["tenant_id", "event_at"], unique=False)
    op.create_index("ix_attendance_person", "attendance", ["tenant_id", "person", "event_at"], unique=False)
    op.create_index("ix_attendance_state", "attendance", ["tenant_id", "state", "id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'ACTIVE'"), nullable=False),
        sa.Column("level", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_escalated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("activity_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("response_hours", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("resolution_hours", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("last_escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED')", name=op.f("ck_escalations_status")
        ),
        sa.CheckConstraint("activity_count >= 0", name=op.f("ck_escalations_activity_count")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_escalations_count")),
        sa.CheckConstraint("level >= 0", name=op.f("ck_escalations_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name=op.f("fk_escalations_tenant_id_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("tenant_id", "ticket_id", name=op.f("uq_escalations_tenant_id_ticket_id")),
    )
    op.create_table(
        "ticket_entries",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('note', 'assignment', 'escalation', 'system')", name=op.f("ck_ticket_entries_kind")
        ),
        sa.CheckConstraint("char_length(text) <= 5000", name=op.f("ck_ticket_entries_text_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ticket_id"],
            ["tickets.tenant_id", "tickets.id"],
            name=op.f("fk_ticket_entries_tenant_id_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ticket_entries")),
    )
    op.create_index("ix_ticket_entries_ticket", "ticket_entries", ["tenant_id", "ticket_id", "id"], unique=False)
    op.create_table(
        "work_orders",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), server_default=sa.text("'MEDIUM'"), nullable=False),
        sa.Column("vendor_id", sa.BigInteger(), nullable=True),
        sa.Column("requester", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_user", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_team", sa.Text(collation="C"), nullable=True),
        sa.Column("location_id", sa.Text(collation="C"), nullable=True),
        sa.Column("asset_id", sa.Text(collation="C"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_cost", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("permit_status", sa.Text(), server_default=sa.text("'NOT_REQUIRED'"), nullable=False),
        sa.Column(
            "permit_approvers", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("verifiers", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("verification_status", sa.Text(), server_default=sa.text("'NOT_REQUIRED'"), nullable=False),
        sa.Column("final_inspection_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "permit_status in ('NOT_REQUIRED', 'PENDING', 'APPROVED', 'REJECTED')",
            name=op.f("ck_work_orders_permit_status"),
        ),
        sa.CheckConstraint("priority in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_work_orders_priority")),
        sa.CheckConstraint(
            "state in ('DRAFT', 'SUBMITTED', 'APPROVED', 'IN_PROGRESS', 'COMPLETED', 'CLOSED', 'CANCELLED')",
            name=op.f("ck_work_orders_state"),
        ),
        sa.CheckConstraint(
            "verification_status in ('NOT_REQUIRED', 'PENDING', 'APPROVED', 'REJECTED')",
            name=op.f("ck_work_orders_verification_status"),
        ),
        sa.CheckConstraint("cardinality(permit_approvers) <= 20", name=op.f("ck_work_orders_permit_approvers")),
        sa.CheckConstraint("cardinality(verifiers) <= 20", name=op.f("ck_work_orders_verifiers")),
        sa.CheckConstraint("char_length(description) <= 10000", name=op.f("ck_work_orders_description_length")),
        sa.CheckConstraint("char_length(number) <= 40", name=op.f("ck_work_orders_number_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_work_orders_title_length")),
        sa.CheckConstraint("estimated_cost >= 0", name=op.f("ck_work_orders_estimated_cost")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "vendor_id"],
            ["vendors.tenant_id", "vendors.id"],
            name=op.f("fk_work_orders_tenant_id_vendor_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_work_orders")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_work_orders_tenant_id_number")),
    )
    op.create_index("ix_work_orders_created", "work_orders", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_work_orders_due",
        "work_orders",
        ["tenant_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index("ix_work_orders_state", "work_orders", ["tenant_id", "state", "id"], unique=False)
    op.create_index(
        "ix_work_orders_vendor",
        "work_orders",
        ["tenant_id", "vendor_id"],
        unique=False,
        postgresql_where=sa.text("vendor_id is not null"),
    )
    op.create_table(
        "line_items",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("work_order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=3), server_default=sa.text("1"), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'PENDING'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('PENDING', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')", name=op.f("ck_line_items_status")
        ),
        sa.CheckConstraint("char_length(description) <= 500", name=op.f("ck_line_items_description_length")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_line_items_quantity")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_line_items_unit_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "work_order_id"],
            ["work_orders.tenant_id", "work_orders.id"],
            name=op.f("fk_line_items_tenant_id_work_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_line_items")),
        sa.UniqueConstraint(
            "tenant_id", "work_order_id", "position", name=op.f("uq_line_items_tenant_id_work_order_id_position")
        ),
    )
    op.create_table(
        "tasks",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'task'"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), server_default=sa.text("'MEDIUM'"), nullable=False),
        sa.Column("assigned_to_user", sa.Text(collation="C"), nullable=True),
        sa.Column("assigned_to_team", sa.Text(collation="C"), nullable=True),
        sa.Column("work_order_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.Text(collation="C"), nullable=True),
        sa.Column("asset_id", sa.Text(collation="C"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sla_hours", sa.BigInteger(), server_default=sa.text("24"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requires_observations", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("requires_meter_readings", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("requires_attachments", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hours_spent", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("closed_by_server", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("closure_mail_sent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('task', 'tour')", name=op.f("ck_tasks_kind")),
        sa.CheckConstraint("priority in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_tasks_priority")),
        sa.CheckConstraint(
            "state in ('ASSIGNED', 'INPROGRESS', 'WORKING', 'STANDBY', 'MAINTENANCE', 'PARTIALLYCOMPLETED',"
            " 'COMPLETED', 'AUTOCLOSED')",
            name=op.f("ck_tasks_state"),
        ),
        sa.CheckConstraint("char_length(description) <= 10000", name=op.f("ck_tasks_description_length")),
        sa.CheckConstraint("char_length(title) <= 200", name=op.f("ck_tasks_title_length")),
        sa.CheckConstraint("hours_spent >= 0", name=op.f("ck_tasks_hours_spent")),
        sa.CheckConstraint("sla_hours between 1 and 8760", name=op.f("ck_tasks_sla_hours")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "work_order_id"],
            ["work_orders.tenant_id", "work_orders.id"],
            name=op.f("fk_tasks_tenant_id_work_order_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_created", "tasks", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_tasks_expires",
        "tasks",
        ["tenant_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at is not null"),
    )
    op.create_index(
        "ix_tasks_order",
        "tasks",
        ["tenant_id", "work_order_id"],
        unique=False,
        postgresql_where=sa.text("work_order_id is not null"),
    )
    op.create_index("ix_tasks_state", "tasks", ["tenant_id", "state", "id"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.Column("closed_by_server", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('ASSIGNED', 'COMPLETED', 'AUTOCLOSED')", name=op.f("ck_checkpoints_state")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_checkpoints_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"],
            ["tasks.tenant_id", "tasks.id"],
            name=op.f("fk_checkpoints_tenant_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint("tenant_id", "task_id", "position", name=op.f("uq_checkpoints_tenant_id_task_id_position")),
    )
    op.create_table(
        "evidence",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("attachment_ref", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('observation', 'meter_reading', 'attachment')", name=op.f("ck_evidence_kind")),
        sa.CheckConstraint("char_length(attachment_ref) <= 500", name=op.f("ck_evidence_attachment_ref_length")),
        sa.CheckConstraint("char_length(text) <= 5000", name=op.f("ck_evidence_text_length")),
        sa.CheckConstraint("char_length(unit) <= 20", name=op.f("ck_evidence_unit_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"],
            ["tasks.tenant_id", "tasks.id"],
            name=op.f("fk_evidence_tenant_id_task_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_task", "evidence", ["tenant_id", "task_id", "kind"], unique=False)
    create_audit_tables(ROLES)
    secure("approvals", roles=ROLES)
    secure("bulk_records", roles=ROLES, app="select, insert")
    secure("counters", roles=ROLES, app="select, insert, update")
    secure("denial_records", roles=ROLES, app="select, insert")
    secure("geofences", roles=ROLES)
    secure("idempotency_keys", roles=ROLES, app="select, insert, delete", relay="select, delete")
    secure("job_events", roles=ROLES, app="select, insert, delete", relay="select, insert, delete")
    secure("schedules", roles=ROLES, app="select, insert, update, delete", relay="select, update")
    secure("shifts", roles=ROLES)
    secure("steps", roles=ROLES, app="select, insert")
    secure("tenants", roles=ROLES, app="select, insert, update", relay="select")
    secure("tickets", roles=ROLES)
    secure("transition_records", roles=ROLES, app="select, insert")
    secure("vendors", roles=ROLES)
    secure("workflow_jobs", roles=ROLES, app="select, insert, update, delete", relay="select, insert, update")
    secure("attendance", roles=ROLES)
    secure("escalations", roles=ROLES)
    secure("ticket_entries", roles=ROLES, app="select, insert, delete")
    secure("work_orders", roles=ROLES)
    secure("line_items", roles=ROLES)
    secure("tasks", roles=ROLES)
    secure("checkpoints", roles=ROLES)
    secure("evidence", roles=ROLES, app="select, insert, delete")


def downgrade() -> None:
    drop_audit_tables()
    op.drop_table("evidence")
    op.drop_table("checkpoints")
    op.drop_table("tasks")
    op.drop_table("line_items")
    op.drop_table("work_orders")
    op.drop_table("ticket_entries")
    op.drop_table("escalations")
    op.drop_table("attendance")
    op.drop_table("workflow_jobs")
    op.drop_table("vendors")
    op.drop_table("transition_records")
    op.drop_table("tickets")
    op.drop_table("tenants")
    op.drop_table("steps")
    op.drop_table("shifts")
    op.drop_table("schedules")
    op.drop_table("job_events")
    op.drop_table("idempotency_keys")
    op.drop_table("geofences")
    op.drop_table("denial_records")
    op.drop_table("counters")
    op.drop_table("bulk_records")
    op.drop_table("approvals")
