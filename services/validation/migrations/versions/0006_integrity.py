"""Integrity runs with their results, findings and before-images; quarantine; health, thresholds and alerts."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0006"
down_revision = "0005"
ROLES = Roles.of("validation")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
EMPTY = sa.text("''")
ZERO = sa.text("0")
NAME = sa.Text(collation="C")


def _tenant() -> sa.Column[Any]:
    return sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _times(*, versioned: bool = False) -> list[sa.Column[Any]]:
    version = sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    return [
        *([version] if versioned else []),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
    ]


def _names(*columns: str) -> list[sa.Column[Any]]:
    return [sa.Column(column, NAME, nullable=False) for column in columns]


def _texts(*columns: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(column, sa.Text(), nullable=nullable) for column in columns]


def _reason(table: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False), _at_most(table, "reason", 500)]


def _at_most(table: str, column: str, length: int) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"char_length({column}) <= {length}", name=op.f(f"ck_{table}_{column}_length"))


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    quoted = f'"{column}"' if column == "group" else column
    return sa.CheckConstraint(f"{quoted} in ({listed})", name=op.f(f"ck_{table}_{column}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _of_run(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["integrity_runs.tenant_id", "integrity_runs.id"],
            name=op.f(f"fk_{table}_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("tenant_id", *columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _runs()
    _results()
    _images()
    _quarantine()
    _health()
    _alerts()
    secure("integrity_runs", roles=ROLES)
    secure("integrity_results", roles=ROLES)
    secure("integrity_findings", roles=ROLES)
    secure("before_images", roles=ROLES)
    secure("quarantine_entries", roles=ROLES, app="select, insert, update")
    secure("health_reports", roles=ROLES)
    secure("health_points", roles=ROLES)
    secure("thresholds", roles=ROLES)
    secure("alerts", roles=ROLES)
    secure("operation_stats", roles=ROLES)


def _runs() -> None:
    table = "integrity_runs"
    op.create_table(
        "integrity_runs",
        _tenant(),
        sa.Column("id", sa.UUID(), nullable=False),
        *_texts("mode"),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("rule_sets", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("totals", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("info", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        *_texts("digest", nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        *_texts("created_by", nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        _one_of(table, "mode", "check", "dry_run", "fix", "undo"),
        _one_of(table, "state", "pending", "running", "completed", "failed", "cancelled"),
        _key(table, "id"),
    )
    op.create_index("ix_integrity_runs_newest", table, ["tenant_id", "created_at", "id"])
    changing = sa.text("mode in ('fix', 'undo') and state in ('pending', 'running')")
    op.create_index("ix_integrity_runs_changing", table, ["tenant_id"], postgresql_where=changing)


def _results() -> None:
    table = "integrity_results"
    op.create_table(
        "integrity_results",
        _tenant(),
        *_of_run(table),
        *_names("rule_set", "rule", "table_name"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts("check", "title", "severity", "kind"),
        *_texts("field", nullable=True),
        *(
            sa.Column(name, sa.BigInteger(), server_default=ZERO, nullable=False)
            for name in ("found", "fixed", "changed_rows", "remaining")
        ),
        sa.Column("fixable", sa.Boolean(), nullable=False),
        *_texts("status"),
        *_texts("constraint_name", "constraint_state", nullable=True),
        _one_of(table, "status", "ok", "findings", "fixed", "error", "not_run"),
        _key(table, "run_id", "rule_set", "rule", "table_name"),
    )
    op.create_index("ix_integrity_results_rule", table, ["tenant_id", "rule_set", "rule", "run_id"])
    table = "integrity_findings"
    op.create_table(
        "integrity_findings",
        _tenant(),
        _id(),
        *_of_run(table),
        *_names("rule_set", "rule", "table_name"),
        sa.Column("row_id", sa.BigInteger(), nullable=True),
        *_texts("name", "field", nullable=True),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        _key(table, "id"),
    )
    op.create_index("ix_integrity_findings_run", table, ["tenant_id", "run_id", "rule", "id"])


def _images() -> None:
    table = "before_images"
    op.create_table(
        "before_images",
        _tenant(),
        _id(),
        *_of_run(table),
        *_names("rule", "table_name"),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("old", postgresql.JSONB(), nullable=False),
        sa.Column("new", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        _key(table, "id"),
    )
    op.create_index("ix_before_images_run", table, ["tenant_id", "run_id", "rule", "id"])
    op.create_index("ix_before_images_age", table, ["created_at"])


def _quarantine() -> None:
    table = "quarantine_entries"
    op.create_table(
        "quarantine_entries",
        _tenant(),
        _id(),
        *_names("table_name"),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        *_names("rule_set", "rule"),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        *_texts("closed_by", nullable=True),
        *_reason(table),
        *_times(),
        _one_of(table, "state", "open", "fixed", "released"),
        _check(table, "closed", "(state = 'open') = (closed_at is null)"),
        _key(table, "id"),
    )
    op.create_index(
        "unique_open_quarantine_entry",
        table,
        ["tenant_id", "table_name", "row_id", "rule"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def _health() -> None:
    table = "health_reports"
    op.create_table(
        "health_reports",
        _tenant(),
        _id(),
        sa.Column("period_hours", sa.Integer(), nullable=False),
        sa.Column("health_score", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        *_times(),
        _check(table, "health_score", "health_score between 0 and 100"),
        _check(table, "period_hours", "period_hours between 1 and 8760"),
        _key(table, "id"),
    )
    op.create_index("ix_health_reports_newest", table, ["tenant_id", "created_at", "id"])
    table = "health_points"
    op.create_table(
        "health_points",
        _tenant(),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        *_names("metric"),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("recorded_at", TIME, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "report_id"],
            ["health_reports.tenant_id", "health_reports.id"],
            name=op.f("fk_health_points_tenant_id_report_id"),
            ondelete="CASCADE",
        ),
        _key(table, "report_id", "metric"),
    )
    op.create_index("ix_health_points_metric", table, ["tenant_id", "metric", "recorded_at"])
    table = "operation_stats"
    op.create_table(
        "operation_stats",
        _tenant(),
        *_names("operation", "outcome"),
        sa.Column("minute", TIME, nullable=False),
        sa.Column("count", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("durations", postgresql.ARRAY(sa.Integer()), nullable=False),
        _one_of(table, "outcome", "accepted", "refused", "failed", "stopped"),
        _check(table, "count", "count >= 1"),
        _key(table, "operation", "outcome", "minute"),
    )
    op.create_index("ix_operation_stats_age", table, ["minute"])


def _alerts() -> None:
    table = "thresholds"
    op.create_table(
        "thresholds",
        _tenant(),
        _id(),
        *_names("metric"),
        *(sa.Column(name, sa.Numeric(12, 2), nullable=False) for name in ("target", "alert")),
        sa.Column("action", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("window_hours", sa.Integer(), server_default=sa.text("24"), nullable=False),
        sa.Column("anomaly_alert", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        *_times(versioned=True),
        _at_most(table, "metric", 100),
        _at_most(table, "action", 200),
        _check(table, "window_hours", "window_hours between 1 and 8760"),
        _key(table, "id"),
        sa.UniqueConstraint("tenant_id", "metric", name="unique_threshold"),
    )
    table = "alerts"
    op.create_table(
        "alerts",
        _tenant(),
        _id(),
        *_names("group"),
        *_texts("severity"),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("breaches", postgresql.JSONB(), nullable=False),
        sa.Column("told_at", TIME, server_default=NOW, nullable=False),
        sa.Column("muted_until", TIME, nullable=True),
        sa.Column("resolved_at", TIME, nullable=True),
        *_texts("handled_by", nullable=True),
        *_reason(table),
        *_times(versioned=True),
        _one_of(table, "group", "integrity", "activity", "performance", "constraints"),
        _one_of(table, "severity", "warning", "critical"),
        _one_of(table, "state", "open", "acknowledged", "muted", "resolved"),
        _check(table, "resolved", "(state = 'resolved') = (resolved_at is not null)"),
        _check(table, "muted", "(state = 'muted') = (muted_until is not null)"),
        _key(table, "id"),
    )
    live = sa.text("state <> 'resolved'")
    op.create_index("unique_live_alert", table, ["tenant_id", "group"], unique=True, postgresql_where=live)
    op.create_index("ix_alerts_newest", table, ["tenant_id", "created_at", "id"])


def downgrade() -> None:
    for table in (
        *("alerts", "thresholds", "operation_stats", "health_points", "health_reports", "quarantine_entries"),
        *("before_images", "integrity_findings", "integrity_results", "integrity_runs"),
    ):
        op.drop_table(table)
